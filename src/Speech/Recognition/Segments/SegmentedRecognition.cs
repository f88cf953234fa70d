using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Ringwright.Speech.Recognition.Segments;

/// <summary>
/// A speaker whose speech is recognised piece by piece, one after another. Pieces wait for their turn in a short queue; one more is
/// dropped, counted and told in the log. A tone is none. There are no interim results: each would cost as much as a final one.
/// </summary>
/// <param name="recognise">Says what a piece means; null when it means nothing.</param>
internal sealed class SegmentedRecognition : IRecognition
{
    private readonly IRecogniser _recogniser;
    private readonly Func<SpeechSegment, CancellationToken, ValueTask<Recognised?>> _recognise;
    private readonly Segmenter _segmenter;
    private readonly Channel<SpeechSegment> _segments =
        Channel.CreateBounded<SpeechSegment>(new BoundedChannelOptions(Limits.Segments) { SingleReader = true });
    private readonly CancellationTokenSource _life = new();
    private readonly ILogger _log;
    private int _dropped;
    private volatile bool _isFinished;

    public SegmentedRecognition(IRecogniser recogniser, SegmentTerms terms,
        Func<SpeechSegment, CancellationToken, ValueTask<Recognised?>> recognise, ILogger log)
    {
        (_recogniser, _recognise, _log) = (recogniser, recognise, log);
        _segmenter = new(recogniser.SampleRate, terms, Found);
    }

    public void Write(ReadOnlySpan<short> samples)
    {
        if (!_isFinished) _segmenter.Handle(samples);
    }

    /// <summary>A tenth of a second ends one piece at most, and so does <see cref="Finish"/>.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken stop) => await _segments.Writer.WaitToWriteAsync(stop);

    public void Finish()
    {
        if (_isFinished) return;
        _isFinished = true;
        _segmenter.Finish();
        _segments.Writer.Complete();
    }

    public async IAsyncEnumerable<Recognised> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, _life.Token);
        await foreach (var segment in _segments.Reader.ReadAllAsync(both.Token))
        {
            if (await RecogniseAsync(segment, both.Token) is not { } recognised) continue;
            Metrics.Recognised.Add(1, new KeyValuePair<string, object?>("recogniser", _recogniser.Name));
            yield return recognised with { From = Time(segment.Start), To = Time(segment.Start + segment.Samples.Length) };
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isFinished = true;
        await _life.CancelAsync();
        if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0) _log.SpeechUnheard(_recogniser.Name, dropped);
    }

    private async ValueTask<Recognised?> RecogniseAsync(SpeechSegment segment, CancellationToken stop)
    {
        try
        {
            return await _recognise(segment, stop);
        }
        catch (RecognitionException)
        {
            Metrics.RecognitionFailed.Add(1, new KeyValuePair<string, object?>("recogniser", _recogniser.Name));
            throw;
        }
    }

    private void Found(SpeechSegment segment)
    {
        if (SteadyTone.Is(segment.Samples, _recogniser.SampleRate))
        {
            Metrics.Tones.Add(1, new KeyValuePair<string, object?>("recogniser", _recogniser.Name));
            return;
        }
        if (_segments.Writer.TryWrite(segment)) return;
        Interlocked.Increment(ref _dropped);
        Metrics.Unheard.Add(segment.Samples.Length / (double)_recogniser.SampleRate,
            new KeyValuePair<string, object?>("recogniser", _recogniser.Name));
    }

    private TimeSpan Time(long samples) => TimeSpan.FromSeconds(samples / (double)_recogniser.SampleRate);
}
