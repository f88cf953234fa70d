namespace Ringwright.Speech.Recognition.Segments;

/// <summary>A piece of speech with a little silence around it.</summary>
/// <param name="Start">Samples since the first that was heard.</param>
internal sealed record SpeechSegment(short[] Samples, long Start);
