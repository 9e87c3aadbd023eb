using Sed.Core.Annotations;

namespace Sed.Core.Tests.Annotations;

public class ClassListTests
{
    [Fact]
    public void Labels_keep_their_order_and_are_found_by_name()
    {
        ClassList classes = new(["Truck", "Air horn, truck horn", "Car"]);
        Assert.Equal(2, classes.IndexOf("Car"));
        Assert.Equal(-1, classes.IndexOf("car"));
        Assert.Equal("Truck; Air horn, truck horn; Car", classes.ToString());
    }

    [Fact]
    public void All_empty_and_repeated_labels_are_reported()
    {
        var thrown = Assert.Throws<ArgumentException>(() => new ClassList(["Car", "", "Car"]));
        Assert.StartsWith(
            $"Class 2 has no label.{Environment.NewLine}Class 3 repeats class 1, \"Car\".",
            thrown.Message
        );
    }
}
