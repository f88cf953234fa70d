using Ringwright.Calls;
using Ringwright.Speech.Recognition;

namespace Ringwright.Speech.Transcription;

/// <summary>
/// One speaker, and whoever listens to him: where that one is lost, or is not there yet, another takes its place, and hears first what of
/// the last seconds was not understood yet.
/// </summary>
/// <param name="mayBeReplaced">Else nothing is kept of what was heard, and somebody listens from the beginning.</param>
internal sealed class Ear(TapTracks track, int sampleRate, bool mayBeReplaced) : IAsyncDisposable
{
    private const int KeptSeconds = 5;

    private readonly Lock _lock = new();
    private readonly short[] _last = new short[mayBeReplaced ? KeptSeconds * sampleRate : 0];
    /// <summary>Null until somebody listens.</summary>
    private Speaker? _speaker;
    /// <summary>Samples: all that were written, those that were understood, and those before the first that this one has heard.</summary>
    private long _written, _understood, _before;
    /// <summary>Samples that were written when he paused; null as long as he speaks, and before.</summary>
    private long? _pausedAt;
    /// <summary>The last words may still change; in this pause they were asked about.</summary>
    private bool _mayChange, _isAsked;
    private bool _isFinished, _isOver;

    public TapTracks Track => track;

    /// <summary>Only asked for when somebody listens.</summary>
    public IRecognition Recognition => _speaker!.Recognition;

    public void Write(ReadOnlySpan<short> samples)
    {
        lock (_lock)
        {
            for (int i = 0; _last.Length > 0 && i < samples.Length; i++) _last[(_written + i) % _last.Length] = samples[i];
            _written += samples.Length;
            _speaker?.Recognition.Write(samples);
            FinaliseWhenDue();
        }
    }

    /// <summary>He begins to speak, or pauses: then words that may still change are asked about, so that his turn can end.</summary>
    public void OnVoice(bool isTalking)
    {
        lock (_lock)
        {
            _pausedAt = isTalking ? null : _written;
            _isAsked = false;
            FinaliseWhenDue();
        }
    }

    public void Finish()
    {
        lock (_lock)
        {
            _isFinished = true;
            _speaker?.Recognition.Finish();
        }
    }

    /// <summary>What was said up to there need not be heard again; where a recogniser tells no time, all that was said.</summary>
    public void Understand(Recognised result)
    {
        lock (_lock)
        {
            _mayChange = !result.IsFinal;
            if (!result.IsFinal) return;
            _isAsked = false;
            _understood = result.To is { } to ? Math.Min(_written, _before + (long)(to.TotalSeconds * sampleRate)) : _written;
        }
    }

    /// <returns>Whom nobody needs any more: the one before, or the other one where all is over; null for nobody.</returns>
    public Speaker? Replace(Speaker other)
    {
        lock (_lock)
        {
            if (_isOver) return other;
            _before = Math.Max(_understood, _written - _last.Length);
            short[] again = new short[_written - _before];
            for (int i = 0; i < again.Length; i++) again[i] = _last[(_before + i) % _last.Length];
            (_mayChange, _isAsked) = (false, false);
            if (again.Length > 0) other.Recognition.Write(again);
            if (_isFinished) other.Recognition.Finish();
            (var before, _speaker) = (_speaker, other);
            return before;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Speaker? last;
        lock (_lock) (_isOver, last) = (true, _speaker);
        if (last is not null) await last.DisposeAsync();
    }

    /// <summary>Under the lock.</summary>
    private void FinaliseWhenDue()
    {
        if (!_mayChange || _isAsked || _isFinished || _pausedAt is not { } paused || _speaker is not { Recognition: var listens }) return;
        if (listens.FinalisesAfter is not { } after || _written - paused < after.TotalSeconds * sampleRate) return;
        _isAsked = true;
        listens.Finalise();
    }
}
