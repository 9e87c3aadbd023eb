namespace Sed.Core.Tests.Rooms;

/// <summary>The reader of rooms, on small trees in which every way of using another room stands once.</summary>
public sealed class SourceTreeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("using House.Hall;", "")]
    [InlineData("using static House.Hall.Door;", "")]
    [InlineData("using Entrance = House.Hall.Door;", "")]
    [InlineData("", "House.Hall.Door.Open();")]
    [InlineData("", "Hall.Door.Open();")]
    public void A_room_is_used_by_a_using_or_a_qualified_name(string top, string body)
    {
        Write("Hall/Door.cs", "namespace House.Hall;\n\npublic static class Door { }");
        Write("Kitchen/Cook.cs", $"{top}\n\nnamespace House.Kitchen;\n\nclass Cook {{ void Work() {{ {body} }} }}");
        Assert.Equal([(("Kitchen", "Hall"), "Cook.cs")], Arrows());
    }

    [Theory]
    [InlineData("Door.Open();")]
    [InlineData("new Door();")]
    [InlineData("3.Opened();")]
    public void A_room_uses_those_around_it_when_it_names_what_they_declare(string body)
    {
        Write(
            "Hall/Door.cs",
            "namespace House.Hall;\n\npublic static class Door { public static int Opened(this int by) => by; }"
        );
        Write("Hall/Closet/Coat.cs", $"namespace House.Hall.Closet;\n\nclass Coat {{ void Hang() {{ {body} }} }}");
        Assert.Equal([(("Hall/Closet", "Hall"), "Coat.cs")], Arrows());
    }

    [Theory]
    [InlineData("// House.Hall.Door")]
    [InlineData("var text = \"House.Hall.Door\";")]
    [InlineData("this.Hall.Open();")]
    [InlineData("Hall.Open();")]
    public void Comments_texts_and_members_of_the_same_name_are_no_use(string body)
    {
        Write("Hall/Door.cs", "namespace House.Hall;\n\npublic static class Door { }");
        Write("Kitchen/Cook.cs", $"namespace House.Kitchen;\n\nclass Cook {{ void Work() {{\n{body}\n}} }}");
        Assert.Empty(Arrows());
    }

    [Fact]
    public void A_file_whose_namespace_is_not_its_folder_is_named()
    {
        Write("Hall/Door.cs", "namespace House.Hall;");
        Write("Hall/Closet/Coat.cs", "namespace House.Hall;");
        Assert.Equal(
            [$"{Path.Combine("Hall", "Closet", "Coat.cs")} has the namespace House.Hall, not House.Hall.Closet"],
            new SourceTree(folder.Path, "House").Misplaced()
        );
    }

    [Fact]
    public void A_circle_is_found_however_long_it_is()
    {
        (string, string)[] chain = [("Attic", "Bath"), ("Bath", "Cellar"), ("Attic", "Cellar")];
        Assert.Empty(SourceTree.Circle(chain));
        Assert.Equal(["Bath", "Cellar", "Bath"], SourceTree.Circle([.. chain, ("Cellar", "Bath")]));
        Assert.Equal(["Attic", "Bath", "Cellar", "Attic"], SourceTree.Circle([.. chain, ("Cellar", "Attic")]));
    }

    private IEnumerable<((string, string), string)> Arrows() =>
        new SourceTree(folder.Path, "House").Arrows().Select(arrow => (arrow.Key, arrow.Value));

    private void Write(string path, string text) => File.WriteAllText(folder.File(path.Split('/')), text);
}
