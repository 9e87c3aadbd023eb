using System.Text;
using Sed.Core.Annotations;

namespace Sed.Core.Tests.Annotations;

public class TagListFileTests
{
    private static TagList Parse(string text) => TagListFile.Parse(Encoding.UTF8.GetBytes(text), "tags.tsv");

    [Theory]
    [InlineData("a.wav\t30.000\t40.000\tCar\na.wav\t30.000\t40.000\tBus\nb.wav\n")]
    [InlineData("a.wav\tCar\r\na.wav\tBus\r\nb.wav\t0\t10\r\n")]
    [InlineData("filename\tevent_labels\na.wav\tCar,Bus\nb.wav\t\n")]
    public void Every_common_form_of_a_list_is_the_same_list(string text)
    {
        var list = Parse(text);
        Assert.Equal(["a.wav", "b.wav"], list.Files);
        Assert.Equal(["Car", "Bus"], list.RowsOf("a.wav").ToArray().Select(row => row.Label));
        Assert.DoesNotContain(list.RowsOf("b.wav").ToArray(), row => row.Label != "");
    }

    [Fact]
    public void A_label_with_a_comma_is_one_label_unless_the_header_says_otherwise() =>
        Assert.Equal(["Air horn, truck horn"], Parse("a.wav\t0\t10\tAir horn, truck horn").Labels);

    [Fact]
    public void Every_bad_row_is_named_with_its_line_and_cause_at_once()
    {
        var thrown = Assert.Throws<AnnotationException>(() =>
            Parse("a\tx\t1\tCar\na\t5\t1\tCar\n\t0\t1\tCar\na,Car\na\t1\t2\t3\t4\n")
        );
        Assert.Equal(
            [
                "tags.tsv, line 1: the start \"x\" is not a number of seconds",
                "tags.tsv, line 2: the end of 1 s lies before the start of 5 s",
                "tags.tsv, line 3: the file name is missing",
                "tags.tsv, line 4: \"a,Car\" is one field; the fields of a tag are separated by tabs",
                "tags.tsv, line 5: the row has 5 fields; a tag has 2 (file, label) or 4 (file, start, end, label)",
            ],
            thrown.Problems.Select(problem => problem.ToString())
        );
    }
}
