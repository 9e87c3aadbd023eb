using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features.Encoders;
using Sed.Core.Features.Store;
using Sed.Core.Tests.Features.Encoders;

namespace Sed.Core.Tests.Features.Store;

/// <summary>Stores of an encoder's vectors.</summary>
[Collection(TorchCollection.Name)]
public sealed class EncoderStoreTests : StoreOfNoise
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_clip_for_which_the_encoder_fails_ends_the_extraction_with_its_name(bool areRecordings)
    {
        var all = Corpus(4);
        // The last clip is shorter, and its padding is silent.
        Manifest corpus = new(
            all.Corpus,
            all.Classes,
            all.SampleRate,
            1,
            [.. all.Clips.Take(3)],
            hopSeconds: areRecordings ? 1 : null
        );
        var path = corpus.Clips[2].AudioPath;
        var sound = File.ReadAllBytes(path);
        Encoder encoder = new(SmallEncoders.Write(Folder.Path, SmallEncoders.NotFiniteForSilence()));
        WavWriter.Write(path, new float[8000], 8000);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = Assert.Throws<EncoderException>(() => Open());
            Assert.Equal(
                "the features of clip2.wav cannot be computed: the encoder small.onnx outputs values that are not finite numbers",
                error.Message
            );
        }
        // The rows that were computed are kept, and the clip is not recorded as damaged.
        File.WriteAllBytes(path, sound);
        using var store = Open();
        Assert.Empty(store.Broken);

        FeatureStore Open() => FeatureStore.Open(corpus, encoder, Folder.File("stores"));
    }
}
