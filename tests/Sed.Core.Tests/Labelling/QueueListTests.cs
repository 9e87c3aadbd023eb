using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Labelling;

namespace Sed.Core.Tests.Labelling;

public class QueueListTests
{
    private const string Header = "filename\tonset\toffset\treason\tscore\tinclusion\n";

    private static QueueList Parse(string text) => QueueList.Parse(Encoding.UTF8.GetBytes(text), "next.tsv");

    private static IEnumerable<string> Problems(string text) =>
        Assert.Throws<AnnotationException>(() => Parse(text)).Problems.Select(problem => problem.ToString());

    [Fact]
    public void A_queue_is_read_as_it_was_written()
    {
        QueuedStretch[] rows =
        [
            new(new("pond/a.wav", 0, 10), "random", null, 1 / 3.0),
            new(new("pond/a.wav", 10, 20.1 / 3), "uncertain", 0.1 + 0.2, null),
            new(new("# \"b\".wav", 0, 0.5), "rare", null, null),
            new(new("\"c d\"", 0, 0.5), "diverse", -1e-9, null),
        ];
        rows[1] = rows[1] with { Stretch = new("pond/a.wav", 10, 10 + 20.1 / 3) };
        using TemporaryFolder folder = new();
        QueueList.Of(rows).Write(folder.File("next.tsv"));
        var read = QueueList.Read(folder.File("next.tsv"));
        Assert.Equal(rows, read.Rows);
        Assert.Equal(folder.File("next.tsv"), read.Source);
    }

    [Fact]
    public void The_text_of_a_queue_is_tab_separated() =>
        Assert.Equal(
            Header + "a.wav\t0\t10\trandom\t\t0.25\na.wav\t10\t17.5\tuncertain\t0.5\t\n",
            QueueList
                .Of([
                    new(new("a.wav", 0, 10), "random", null, 0.25),
                    new(new("a.wav", 10, 17.5), "uncertain", 0.5, null),
                ])
                .ToString()
        );

    [Fact]
    public void Columns_can_be_in_any_order_and_other_columns_are_ignored() =>
        Assert.Equal(
            [new QueuedStretch(new("a.wav", 0, 10), "random", null, 0.5)],
            Parse("note\tinclusion\tscore\treason\toffset\tonset\tfilename\nx\t0.5\t\trandom\t10\t0\ta.wav\n").Rows
        );

    [Fact]
    public void Empty_fields_at_the_end_of_a_row_can_be_missing_and_a_list_can_be_empty()
    {
        Assert.Equal("mine", Assert.Single(Parse(Header + "a.wav\t0\t10\tmine").Rows).Reason);
        Assert.Empty(Parse(Header).Rows);
    }

    [Fact]
    public void All_invalid_rows_are_reported_with_line_and_cause() =>
        Assert.Equal(
            [
                "next.tsv, line 2: the onset \"x\" is not a number",
                "next.tsv, line 3: the offset of 5 s is before the onset of 10 s",
                "next.tsv, line 4: the stretch begins and ends at 1 s; the offset must be after the onset",
                "next.tsv, line 5: the row has 1 field; write the fields filename, onset, offset, reason, score, inclusion, separated by tabs",
                "next.tsv, line 6: the inclusion probability 1.5 is not in (0, 1]; leave the field empty for stretches that were not drawn at random",
                "next.tsv, line 7: the reason is random, but the row has no inclusion probability; rows with the reason random need an inclusion probability; other rows must not have one",
                "next.tsv, line 8: the reason is rare, but the row has an inclusion probability; rows with the reason random need an inclusion probability; other rows must not have one",
                "next.tsv, line 9: the score NaN is not finite",
                "next.tsv, line 9: the stretch b.wav, 10 s to 20 s is already in an earlier row; remove one of the rows",
                "next.tsv, line 10: the file name is empty",
                "next.tsv, line 10: the reason is not a word; write a word, for example uncertain",
            ],
            Problems(
                Header
                    + "a.wav\tx\t10\trare\t\t\n"
                    + "a.wav\t10\t5\trare\t\t\n"
                    + "a.wav\t1\t1\trare\t\t\n"
                    + "a.wav,0,10\n"
                    + "b.wav\t0\t10\trandom\t\t1.5\n"
                    + "b.wav\t10\t20\trandom\t\t\n"
                    + "b.wav\t20\t30\trare\t\t0.5\n"
                    + "b.wav\t10\t20\trare\tNaN\t\n"
                    + "\t0\t1\t\t\t\n"
            )
        );

    [Theory]
    [InlineData("")]
    [InlineData("a.wav\t0\t10\n")]
    public void A_list_without_a_header_is_an_error(string text) =>
        Assert.Equal(
            [
                "next.tsv, line 1: the list has no header; begin it with the columns filename, onset, offset, reason, score, inclusion",
            ],
            Problems(text)
        );

    [Fact]
    public void A_header_without_a_column_is_an_error() =>
        Assert.Equal(
            [
                "next.tsv, line 1: the header has no column reason, inclusion; a queue has the columns filename, onset, offset, reason, score, inclusion, separated by tabs",
            ],
            Problems("filename\tonset\toffset\tscore\n")
        );
}
