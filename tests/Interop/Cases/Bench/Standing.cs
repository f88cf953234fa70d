using System.Diagnostics;

namespace Ringwright.Interop.Cases;

/// <summary>
/// How long this process's threads stood meanwhile, other work being before them: time that a measurement of a node beside it has in it and
/// that is not the node's.
/// </summary>
internal sealed class Standing : IAsyncDisposable
{
    /// <summary>A timer is late by some milliseconds on any machine; that does not count.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20), Usual = TimeSpan.FromMilliseconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private long _stood, _beganAt = Stopwatch.GetTimestamp();

    public Standing() => _beating = Task.Run(BeatAsync);

    /// <summary>Since it was made; the beat that is under way included.</summary>
    public TimeSpan Total => new TimeSpan(Interlocked.Read(ref _stood)) + Over(Interlocked.Read(ref _beganAt));

    private async Task BeatAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Interlocked.Exchange(ref _beganAt, Stopwatch.GetTimestamp());
            await Task.Delay(Beat, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Add(ref _stood, Over(Interlocked.Read(ref _beganAt)).Ticks);
        }
    }

    private static TimeSpan Over(long beganAt) =>
        Stopwatch.GetElapsedTime(beganAt) is var took && took > Usual ? took - Beat : TimeSpan.Zero;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
    }
}
