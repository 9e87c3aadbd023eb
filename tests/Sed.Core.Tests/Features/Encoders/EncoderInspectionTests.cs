using global::Onnx;
using Sed.Core.Features;
using Sed.Core.Features.Encoders;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Tests.Features.Encoders;

[Collection(TorchCollection.Name)]
public sealed class EncoderInspectionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    [InlineData(400)]
    public void Hop_width_and_audio_per_vector_are_measured(int field)
    {
        var form = Of(SmallEncoders.Sequence(field)).Form;
        Assert.Equal((8000, 80, field, 2), (form.SampleRate, form.HopSamples, form.FieldSamples, form.Width));
        Assert.Equal((80_000, false, false), (form.WindowSamples, form.IsFixed, form.IsVector));
    }

    [Fact]
    public void The_axis_that_grows_with_the_audio_is_time()
    {
        var form = Of(SmallEncoders.Sequence(timeLast: true)).Form;
        Assert.Equal((true, 2, 80), (form.TimeLast, form.Width, form.HopSamples));
    }

    [Fact]
    public void An_input_of_fixed_length_is_the_window()
    {
        var form = Of(SmallEncoders.Sequence(80, samples: 16_000)).Form;
        Assert.Equal((true, 16_000, 80, 80), (form.IsFixed, form.WindowSamples, form.HopSamples, form.FieldSamples));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void The_axis_whose_end_depends_on_the_end_of_the_audio_is_time(int field)
    {
        var other = Of(SmallEncoders.Sequence(field, samples: 16_000)).WithHop(0.01);
        var encoder = Of(SmallEncoders.Sequence(field, timeLast: true, 16_000)).WithHop(0.01);
        Assert.Empty(encoder.Problems());
        Assert.Equal((true, 2, 80), (encoder.Form.TimeLast, encoder.Form.Width, encoder.Form.HopSamples));
        Assert.Equal(other.Form with { Content = encoder.Form.Content, TimeLast = true }, encoder.Form);
    }

    [Fact]
    public void The_time_axis_of_a_limited_output_is_measured()
    {
        var content = SmallEncoders.Encoder(
            16_000,
            samples => samples.Node("Abs").Reshape(-1, 200, 80).Mean(2).Unsqueeze(2).Times(10_000).Node("Sigmoid")
        );
        var form = Of(content).Form;
        Assert.Equal((false, 1, 80, false), (form.TimeLast, form.Width, form.HopSamples, form.IsVector));
    }

    [Fact]
    public void If_no_axis_depends_on_the_time_of_the_audio_the_hop_decides()
    {
        // All values depend on the whole window.
        var content = SmallEncoders.Encoder(
            16_000,
            samples =>
            {
                var mean = samples.Mean(1).Unsqueeze(1);
                return OnnxValue.Concatenate(1, [.. Enumerable.Repeat(mean, 8)]).Reshape(-1, 2, 4);
            }
        );
        Expect(
            "it is not clear which axis of its output (2, 4) is time, because all values depend equally on both ends of the audio; state the hop: `hop 1000.0<ms>` if there are 2 vectors, `hop 500.0<ms>` if there are 4",
            Of(content)
        );
        Assert.Empty(Of(content).WithHop(1).Problems());
        Assert.Equal((false, 4), Axes(Of(content).WithHop(1)));
        Assert.Equal((true, 2), Axes(Of(content).WithHop(0.5)));

        static (bool, int) Axes(Encoder encoder) => (encoder.Form.TimeLast, encoder.Form.Width);
    }

    [Fact]
    public void The_stated_hop_of_an_input_of_fixed_length_must_fit_the_number_of_vectors()
    {
        var encoder = Of(SmallEncoders.Sequence(200, samples: 16_000));
        Expect("give a hop that is a whole number of samples, for example `hop 10.0<ms>`", encoder);
        Assert.Empty(encoder.WithHop(0.01).Problems());
        Assert.Equal(198, encoder.WithHop(0.01).Form.WindowFrames);
        Expect(
            "the stated hop is 100 ms; this encoder outputs 198 vectors for 2 s, so give about `hop 10.0<ms>`",
            encoder.WithHop(0.1)
        );
        Expect("the stated hop is 1 ms; this encoder outputs 198 vectors for 2 s", encoder.WithHop(0.001));
    }

    [Theory]
    [InlineData("300000000")]
    [InlineData("2147483647")]
    [InlineData("0")]
    [InlineData("x")]
    public void Impossible_sampling_rates_are_named(string rate) =>
        Expect(
            $"its file states the invalid sampling rate '{rate}' (metadata entry `sample_rate`); state it, for example `rate 32000.0<Hz>`",
            Of(
                SmallEncoders.Changed(
                    SmallEncoders.Sequence(),
                    model => model.MetadataProps.Single(entry => entry.Key == "sample_rate").Value = rate
                )
            )
        );

    [Theory]
    [InlineData(2_000_000_000)]
    [InlineData(2_147_483_647)]
    public void Windows_that_are_too_long_are_refused_before_anything_is_computed(int samples)
    {
        Expect(
            $"its input has the fixed length {samples}; export the encoder with windows of at most 10,000,000 samples",
            Of(
                SmallEncoders.Changed(
                    SmallEncoders.Sequence(),
                    model => model.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue = samples
                )
            )
        );
        Expect(
            "the window is 3600 s at 8000 Hz; give at most 10,000,000 samples",
            Of(SmallEncoders.Sequence()).WithWindow(3600)
        );
        Expect(
            "the sampling rate is 2000000 Hz; give a rate above 0 and up to 1,000,000 Hz",
            Of(SmallEncoders.Sequence()).WithRate(2_000_000)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16_000)]
    public void An_output_without_values_is_a_problem(int samples) =>
        Expect(
            "its output vectors has no values",
            Of(SmallEncoders.Encoder(samples, waveforms => waveforms.Unsqueeze(2).Slice(2, 0, 0)))
        );

    [Fact]
    public void One_vector_per_window_of_fixed_length_is_one_frame()
    {
        var encoder = Of(SmallEncoders.Vector(24_000));
        Assert.Equal((true, 24_000, 24_000), (encoder.Form.IsVector, encoder.HopSamples, encoder.Form.WindowSamples));
        Assert.Equal(4000, encoder.WithHop(0.5).HopSamples);
        Assert.Equal(20, encoder.WithHop(0.5).FramesOf(80_000));
    }

    [Fact]
    public void The_key_contains_the_content_and_not_the_name()
    {
        var content = SmallEncoders.Sequence();
        Encoder one = new(SmallEncoders.Write(folder.Path, content, "one.onnx"));
        Encoder two = new(SmallEncoders.Write(folder.Path, content, "two.onnx"));
        Assert.Equal(one, two);
        Assert.NotEqual(one, new Encoder(SmallEncoders.Write(folder.Path, SmallEncoders.Sequence(81), "three.onnx")));
        Assert.DoesNotContain("one.onnx", CanonicalKey.Text(one));
        Assert.Contains(FeatureFile.HashOf(content), CanonicalKey.Text(one));
    }

    [Fact]
    public void What_is_missing_or_wrong_is_named_with_its_remedy()
    {
        var vector = SmallEncoders.Vector();
        Expect("state the length of a window, for example `window 3.0<s>`", Of(vector));
        Expect(
            "state it, for example `rate 32000.0<Hz>`",
            Of(SmallEncoders.Changed(vector, model => model.MetadataProps.Clear()))
        );
        Expect("it has no output 'embedding'; its outputs are vectors", Of(vector).WithOutput("embedding"));
        Expect(
            "the window is 1 s; this encoder accepts only inputs of 2 s",
            Of(SmallEncoders.Vector(16_000)).WithWindow(1)
        );
        Expect(
            "this encoder outputs a vector every 10 ms; leave `hop` out",
            Of(SmallEncoders.Sequence()).WithHop(0.02)
        );
        Expect("the window is -1 s", Of(vector).WithWindow(-1));
        Expect("the scale is 0", Of(vector).WithScale(0));
        Expect("contains values that are not finite", Of(SmallEncoders.OftenNotFinite()));
    }

    [Fact]
    public void Files_that_are_not_usable_encoders_are_refused()
    {
        Expect("there is no file", new Encoder(Path.Combine(folder.Path, "missing.onnx")));
        Expect("is a folder, not a file", new Encoder(folder.Path));
        Expect("it is not an ONNX file", Of([1, 2, 3]));
        Expect("it is not an ONNX file, or is truncated", Of([]));
        Expect(
            "it has 2 inputs (samples, other), but an encoder must have exactly one: samples or log-mel energies",
            Of(
                SmallEncoders.Changed(
                    SmallEncoders.Sequence(),
                    model =>
                    {
                        var other = model.Graph.Input[0].Clone();
                        other.Name = "other";
                        model.Graph.Input.Add(other);
                    }
                )
            )
        );
        Expect(
            "has the shape (any, any, 3), but (batch, samples) is needed",
            Of(
                SmallEncoders.Changed(
                    SmallEncoders.Encoder(0, samples => samples.Sum(2)),
                    model =>
                        model
                            .Graph.Input[0]
                            .Type.TensorType.Shape.Dim.Add(
                                new global::Onnx.TensorShapeProto.Types.Dimension { DimValue = 3 }
                            )
                )
            )
        );
    }

    [Fact]
    public void Weights_in_other_files_are_refused_before_anything_is_loaded()
    {
        var content = SmallEncoders.Changed(
            SmallEncoders.Sequence(),
            model =>
            {
                var weights = model.Graph.Initializer[0];
                weights.DataLocation = global::Onnx.TensorProto.Types.DataLocation.External;
                weights.ExternalData.Add(
                    new global::Onnx.StringStringEntryProto { Key = "location", Value = "../../etc/passwd" }
                );
            }
        );
        Expect("are in another file; save the encoder as one ONNX file", Of(content));
    }

    [Theory]
    [InlineData("sparse attribute")]
    [InlineData("sparse attributes")]
    [InlineData("attribute of a function")]
    [InlineData("node of a function")]
    public void Weights_in_other_files_are_found_wherever_an_ONNX_file_can_have_tensors(string place)
    {
        TensorProto outside = new() { Name = "w", DataLocation = TensorProto.Types.DataLocation.External };
        AttributeProto plain = new() { Name = "value", T = outside };
        SparseTensorProto sparse = new() { Values = outside };
        FunctionProto function = new() { Name = "f", Domain = "d" };
        Expect(
            "its weights w are in another file",
            Of(
                SmallEncoders.Changed(
                    SmallEncoders.Sequence(),
                    model =>
                    {
                        var attributes = model.Graph.Node[0].Attribute;
                        if (place == "sparse attribute")
                            attributes.Add(new AttributeProto { Name = "sparse_value", SparseTensor = sparse });
                        else if (place == "sparse attributes")
                            attributes.Add(new AttributeProto { Name = "sparse_values", SparseTensors = { sparse } });
                        else
                            model.Functions.Add(function);
                        if (place == "attribute of a function")
                            function.AttributeProto.Add(plain);
                        else
                            function.Node.Add(new NodeProto { OpType = "Constant", Attribute = { plain } });
                    }
                )
            )
        );
    }

    [Fact]
    public void Weights_of_8_bits_are_computed_as_the_file_defines()
    {
        var encoder = Of(SmallEncoders.With8BitWeights());
        Assert.Empty(encoder.Problems());
        var form = encoder.Form;
        Assert.Equal((80, 80, 2), (form.HopSamples, form.FieldSamples, form.Width));
    }

    [Fact]
    public void Inputs_and_outputs_of_other_types_are_refused()
    {
        Expect(
            "does not consist of float32 numbers",
            Of(
                SmallEncoders.Changed(
                    SmallEncoders.Encoder(0, samples => samples.Cast(1)),
                    model => model.Graph.Input[0].Type.TensorType.ElemType = 7
                )
            )
        );
        Expect(
            "none of its outputs consists of floating-point numbers",
            Of(
                SmallEncoders.Changed(
                    SmallEncoders.Encoder(0, samples => samples.Cast(7)),
                    model => model.Graph.Output[0].Type.TensorType.ElemType = 7
                )
            )
        );
        Expect(
            "has 3 axes besides the batch axis",
            Of(SmallEncoders.Encoder(0, samples => samples.Reshape(-1, 2, 4, 8)))
        );
    }

    [Fact]
    public void Truncated_and_changed_files_are_refused_or_work()
    {
        var content = SmallEncoders.Sequence();
        Random random = new(1);
        for (var trial = 0; trial < 1000; trial++)
        {
            byte[] damaged = [.. content];
            if (trial % 2 == 0)
                Array.Resize(ref damaged, random.Next(damaged.Length));
            else
                for (var change = random.Next(1, 5); change > 0; change--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var encoder = Of(damaged);
            if (encoder.Problems().Count == 0)
                Assert.True(encoder.Bands > 0 && encoder.HopSamples > 0);
        }
    }

    private Encoder Of(byte[] content) => new(SmallEncoders.Write(folder.Path, content, $"{Guid.NewGuid():N}.onnx"));

    private static void Expect(string message, Encoder encoder) =>
        Assert.Contains(message, string.Join(Environment.NewLine, encoder.Problems()), StringComparison.Ordinal);
}
