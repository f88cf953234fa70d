using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Switch;
using Ringwright.Switch.Legs;

namespace Ringwright.Simulation;

/// <summary>
/// Prepares prompts some time later, or fails to. A prompt's file holds one byte value over and over,
/// so that a phone that hears it knows which it was.
/// </summary>
internal sealed class SimPrompts(SimWorld world, Rng rng) : IPromptFrames
{
    private const int FrameBytes = 160;

    private const string Tones = "https://tones.example/";

    private readonly Dictionary<string, byte> _marks = [];
    private readonly Dictionary<string, byte[]> _files = [];

    public TimeSpan Slowest { get; set; } = TimeSpan.FromMilliseconds(60);
    public TimeSpan Duration { get; set; } = TimeSpan.FromMilliseconds(400);
    public Func<PromptSource, PromptFailure> Fails { get; set; } = static _ => PromptFailure.None;
    /// <summary>True for a file that is gone from the cache when media wants it.</summary>
    public Func<string, bool> Loses { get; set; } = static _ => false;

    /// <summary>A file with a tone in it instead of marks, which can be heard in a mix; in steps of 50 Hz it has no seam.</summary>
    public static PromptSource ToneOf(int hertz) => new PromptSource.Url($"{Tones}{hertz}");

    /// <summary>The byte that stands for this text or URL in the audio.</summary>
    public byte MarkOf(string name)
    {
        if (!_marks.TryGetValue(name, out byte mark)) _marks[name] = mark = (byte)(0x10 + _marks.Count);
        return mark;
    }

    public void Prepare(Effect.PreparePrompt asked, Action<ShardMessage> answer)
    {
        string name = asked.Source switch
        {
            PromptSource.Speech speech => speech.Text,
            PromptSource.Url url => url.Address,
            _ => "content",
        };
        var failure = Fails(asked.Source);
        var result = failure is PromptFailure.None
            ? PromptResult.Ready(new(name, FileOf(name, asked.Codec), Duration))
            : PromptResult.Failed(failure, "The prompt port was told to fail.");
        world.At(world.Now + Slowest * rng.NextDouble(), () => answer(SubjectMessages.Prepared(asked.For, asked.Correlation, result)));
    }

    public PromptState Find(string file, out byte[] frames)
    {
        frames = [];
        if (Loses(file) || !_files.TryGetValue(file, out var found)) return PromptState.Failed;
        if (rng.Chance(0.2)) return PromptState.Loading;        // a file thread that is busy
        frames = found;
        return PromptState.Ready;
    }

    private string FileOf(string name, string codec)
    {
        string file = $"/prompts/{name}.{codec}";
        if (_files.ContainsKey(file)) return file;
        _files[file] = name.StartsWith(Tones, StringComparison.Ordinal)
            ? Tone(int.Parse(name[Tones.Length..], CultureInfo.InvariantCulture), codec) : Marks(name);
        return file;
    }

    private byte[] Marks(string name)
    {
        byte[] frames = new byte[FrameBytes * (int)Math.Ceiling(Duration / SimMedia.Step)];
        Array.Fill(frames, MarkOf(name));
        return frames;
    }

    private byte[] Tone(int hertz, string codec)
    {
        var voice = new PhoneTone(hertz);
        var agreed = Codecs.Find(codec) is { } found ? new CodecChoice(codec, 0, found.ClockRate, found.SampleRate)
            : throw new SimulationException($"no prompt is kept in {codec}");
        return [.. Enumerable.Range(0, (int)Math.Ceiling(Duration / SimMedia.Step)).SelectMany(_ => voice.Next(agreed))];
    }
}
