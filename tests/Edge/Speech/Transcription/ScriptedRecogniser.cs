using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ringwright.Speech.Recognition;

namespace Ringwright.Edge.Speech.Transcription;

/// <summary>A recogniser that the test speaks through, and that may do all that one should not.</summary>
internal sealed class ScriptedRecogniser : IRecogniser
{
    public string Name { get; init; } = "scripted";
    public int SampleRate { get; init; } = 16_000;
    public Func<string, bool> KnowsLanguage { get; init; } = static _ => true;
    /// <summary>Runs before each one is opened.</summary>
    public Func<CancellationToken, Task> Opening { get; init; } = static _ => Task.CompletedTask;
    public bool HangsWhenDisposed { get; init; }
    /// <summary>Its results never end, whatever it is told.</summary>
    public bool IgnoresStop { get; init; }
    /// <summary>Results end only when the test says so.</summary>
    public bool KeepsOpen { get; init; }
    /// <summary>Null: it cannot be asked to be sure.</summary>
    public TimeSpan? FinalisesAfter { get; init; }
    /// <summary>Sees each one that is opened.</summary>
    public Action<ScriptedRecognition> Made { get; init; } = static _ => { };

    public ConcurrentQueue<ScriptedRecognition> Opened { get; } = new();

    public bool Knows(string language) => KnowsLanguage(language);

    public async Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop)
    {
        await Opening(stop);
        var one = new ScriptedRecognition(terms, this);
        Made(one);
        Opened.Enqueue(one);
        return one;
    }
}

internal sealed class ScriptedRecognition(RecognitionTerms terms, ScriptedRecogniser of) : IRecognition
{
    private readonly Channel<Recognised> _results = Channel.CreateUnbounded<Recognised>();
    private readonly List<short> _heard = [];
    private int _finalised;

    public RecognitionTerms Terms => terms;
    public bool IsFinished { get; private set; }
    public bool IsDisposed { get; private set; }

    public short[] Heard
    {
        get { lock (_heard) return [.. _heard]; }
    }

    public void Say(string text, bool isFinal = true, double? confidence = null) =>
        _results.Writer.TryWrite(new(text, isFinal, confidence));

    public void Say(string text, TimeSpan from) =>
        _results.Writer.TryWrite(new(text, IsFinal: true, Confidence: null) { From = from });

    public void End(Exception? why = null) => _results.Writer.TryComplete(why);

    public void Write(ReadOnlySpan<short> samples)
    {
        lock (_heard) _heard.AddRange(samples);
    }

    public Func<CancellationToken, ValueTask> Room { get; set; } = static _ => default;

    public ValueTask WaitForRoomAsync(CancellationToken stop) => Room(stop);

    public TimeSpan? FinalisesAfter => of.FinalisesAfter;

    /// <summary>How often it was asked to be sure.</summary>
    public int Finalised => Volatile.Read(ref _finalised);

    public void Finalise() => Interlocked.Increment(ref _finalised);

    public void Finish()
    {
        IsFinished = true;
        if (!of.KeepsOpen) _results.Writer.TryComplete();
    }

    public async IAsyncEnumerable<Recognised> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var result in _results.Reader.ReadAllAsync(of.IgnoresStop ? CancellationToken.None : stop)) yield return result;
    }

    public async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        if (of.HangsWhenDisposed) await Task.Delay(Timeout.Infinite);
    }
}
