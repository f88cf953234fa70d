namespace Ringwright.Speech.Recognition.Live;

/// <summary>What a vendor of live recognition is.</summary>
internal sealed record LiveProvider
{
    public required string Name { get; init; }
    public required int SampleRate { get; init; }
    public required Func<string, bool> Knows { get; init; }

    /// <summary>The protocol of one recognition, at a sample rate in hertz.</summary>
    public required Func<RecognitionTerms, int, LiveProtocol> Begin { get; init; }
}
