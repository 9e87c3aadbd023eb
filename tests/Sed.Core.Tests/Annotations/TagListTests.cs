using System.Text;
using Sed.Core.Annotations;

namespace Sed.Core.Tests.Annotations;

public class TagListTests
{
    private static TagList Parse(string text) => TagList.Parse(Encoding.UTF8.GetBytes(text), "tags.tsv");

    [Theory]
    [InlineData("a.wav\t30.000\t40.000\tCar\na.wav\t30.000\t40.000\tBus\nb.wav\n")]
    [InlineData("a.wav\tCar\r\na.wav\tBus\r\nb.wav\t0\t10\r\n")]
    [InlineData("filename\tevent_labels\na.wav\tCar,Bus\nb.wav\t\n")]
    public void All_common_forms_of_a_list_are_read_alike(string text)
    {
        var list = Parse(text);
        Assert.Equal(["a.wav", "b.wav"], list.Files);
        Assert.Equal(["Car", "Bus"], list.RowsOf("a.wav").ToArray().Select(row => row.Label));
        Assert.DoesNotContain(list.RowsOf("b.wav").ToArray(), row => row.Label != "");
    }

    [Fact]
    public void Rows_of_files_without_tags_are_not_counted_as_rows_of_other_classes()
    {
        var list = Parse("a.wav\tCar\na.wav\tBus\nb.wav\n");
        Assert.Empty(list.OfClasses(new ClassList(["Bus", "Car"])).Notes);
        Assert.Equal(
            ["tags.tsv: 1 row is left out because its label is not among the classes: Bus"],
            list.OfClasses(new ClassList(["Car"])).Notes
        );
    }

    [Fact]
    public void A_label_with_a_comma_is_one_label_except_below_the_header_event_labels() =>
        Assert.Equal(["Air horn, truck horn"], Parse("a.wav\t0\t10\tAir horn, truck horn").Labels);

    [Fact]
    public void All_invalid_rows_are_reported_with_line_and_cause()
    {
        var thrown = Assert.Throws<AnnotationException>(() =>
            Parse("a\tx\t1\tCar\na\t5\t1\tCar\n\t0\t1\tCar\na,Car\na\t1\t2\t3\t4\n")
        );
        Assert.Equal(
            [
                "tags.tsv, line 1: the start \"x\" is not a number",
                "tags.tsv, line 2: the end of 1 s is before the start of 5 s",
                "tags.tsv, line 3: the file name is missing",
                "tags.tsv, line 4: \"a,Car\" is a single field; separate fields by tabs",
                "tags.tsv, line 5: the row has 5 fields; write 2 (file, label) or 4 (file, start, end, label)",
            ],
            thrown.Problems.Select(problem => problem.ToString())
        );
    }
}
