using Ringwright.Media.Dsp;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Transcription;

namespace Ringwright.Speech.Recordings;

/// <summary>A turn of one speaker, since the recording's beginning.</summary>
internal readonly record struct Said(TimeSpan At, TimeSpan To, int Channel, string Text);

/// <summary>One channel of a recording, and the recogniser that listens to it.</summary>
internal sealed class RecordingListener : IAsyncDisposable
{
    private readonly Speaker _speaker;
    private readonly int _channel, _rate;
    private readonly Resampler? _resampler;
    private readonly List<Said> _said = [];
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop;
    private readonly Task _hearing;
    private short[] _one = [], _resampled = [];
    private long _written;
    private int _characters;

    /// <param name="rate">Of what is written, in hertz.</param>
    /// <param name="patience">For the recogniser to take audio, and for its last words.</param>
    public RecordingListener(Speaker speaker, int channel, int rate, int rateOfRecogniser, TimeSpan patience, TimeProvider time,
        CancellationToken stop)
    {
        (_speaker, _channel, _rate, _patience, _time) = (speaker, channel, rateOfRecogniser, patience, time);
        _resampler = rate == rateOfRecogniser ? null : new(rate, rateOfRecogniser);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // On the pool: a recogniser may block whom it should not.
        _hearing = Task.Run(HearAsync, CancellationToken.None);
    }

    /// <summary>In order. To be read when it has finished.</summary>
    public IReadOnlyList<Said> Said => _said;

    /// <summary>The next piece, a tenth of a second at most.</summary>
    /// <param name="samples">Of all channels.</param>
    /// <exception cref="RecognitionException">It hears no more.</exception>
    public async Task WriteAsync(ReadOnlyMemory<short> samples, int channels)
    {
        await RoomAsync();
        int count = samples.Length / channels;
        if (_one.Length < count) _one = new short[count];
        for (int i = 0; i < count; i++) _one[i] = samples.Span[i * channels + _channel];
        Pass(_one.AsSpan(0, count));
    }

    /// <summary>Nothing more is written.</summary>
    /// <exception cref="RecognitionException">It hears no more.</exception>
    public async Task FinishAsync()
    {
        if (_resampler is not null)
        {
            // What the filter still holds.
            await RoomAsync();
            Pass(new short[64]);
        }
        await RoomAsync();
        _speaker.Recognition.Finish();
    }

    /// <summary>Ends when all is understood.</summary>
    /// <exception cref="RecognitionException">It is not, or not in time.</exception>
    public Task HearOutAsync() => WithinAsync(_hearing);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _ = _hearing.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
        await _speaker.DisposeAsync();
        // Has no timer, and a recogniser that hangs may still have its token.
    }

    private void Pass(ReadOnlySpan<short> samples)
    {
        if (_resampler is not null)
        {
            // From 4 to 48 kHz.
            int most = samples.Length * 12 + 64;
            if (_resampled.Length < most) _resampled = new short[most];
            samples = _resampled.AsSpan(0, _resampler.Process(samples, _resampled));
        }
        Interlocked.Add(ref _written, samples.Length);
        _speaker.Recognition.Write(samples);
    }

    private async Task RoomAsync()
    {
        var room = _speaker.Recognition.WaitForRoomAsync(_stop.Token).AsTask();
        await WithinAsync(Task.WhenAny(room, _hearing));
        if (_hearing.IsCompleted)
        {
            await _stop.CancelAsync();
            await _hearing;
            throw new RecognitionException("the recogniser ended before the recording did");
        }
        await room;
    }

    private async Task WithinAsync(Task task)
    {
        try
        {
            await task.WaitAsync(_patience, _time, _stop.Token);
        }
        catch (TimeoutException late) when (!task.IsCompleted)
        {
            throw new RecognitionException($"the recogniser did nothing for {_patience.TotalSeconds:0.#} s", late);
        }
    }

    private async Task HearAsync()
    {
        await foreach (var result in _speaker.Recognition.ReadAsync(_stop.Token))
        {
            if (!result.IsFinal || ResultText.TextOf(result) is not { Length: > 0 } text) continue;
            // More than anybody says in the time that a recording may have.
            _characters += text.Length + 1;
            if (_characters > Transcription.Limits.RecordingCharacters) throw new RecognitionException("the recogniser tells too much");
            var now = TimeSpan.FromSeconds(Interlocked.Read(ref _written) / (double)_rate);
            var from = result.From ?? now;
            _said.Add(new(from, result.To is { } to && to > from ? to : now > from ? now : from, _channel, text));
        }
    }
}
