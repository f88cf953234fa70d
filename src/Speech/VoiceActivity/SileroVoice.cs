namespace Ringwright.Speech.VoiceActivity;

/// <summary>
/// Voices by Silero's model, which knows them from other sounds. It is in the program, read when it is first asked for, and shared by all
/// speakers.
/// </summary>
public static class SileroVoice
{
    private const string Resource = "voice/silero_vad_16k_op15.onnx";

    /// <summary>How long a voice has been there when it is known.</summary>
    public static readonly TimeSpan Onset = TimeSpan.FromMilliseconds(VoiceRule.OnsetMilliseconds);

    private static readonly Lazy<SileroModel> Model = new(() => SileroModel.Read(ReadModel()));

    /// <summary>For one speaker, whose audio has so many samples a second.</summary>
    public static IVoiceDetector Create(int sampleRate) => new SileroDetector(Model.Value, sampleRate);

    internal static byte[] ReadModel()
    {
        using var stream = typeof(SileroVoice).Assembly.GetManifestResourceStream(Resource)!;       // embedded
        byte[] model = new byte[stream.Length];
        stream.ReadExactly(model);
        return model;
    }
}
