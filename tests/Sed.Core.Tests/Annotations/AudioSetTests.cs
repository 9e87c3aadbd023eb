using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Annotations;

public class AudioSetTests
{
    [Fact]
    public void Classes_are_found_by_index_identifier_and_name()
    {
        Assert.Equal(527, AudioSet.Classes.Count);
        Assert.Equal(new AudioSetClass(0, "/m/09x0r", "Speech"), AudioSet.Classes[0]);
        Assert.Equal(74, AudioSet.Find("Dog")!.Index);
        Assert.Equal(AudioSet.Find("Dog"), AudioSet.Find("/m/0bt9lr"));
        Assert.Null(AudioSet.Find("Frog at a pond"));
    }

    [Fact]
    public void The_classes_of_DCASE_2017_have_their_names_in_AudioSet()
    {
        foreach (var (id, label) in Dcase2017.Classes)
            Assert.Equal(label, AudioSet.Find(id)?.Name);
    }
}
