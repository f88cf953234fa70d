using System.Collections.Concurrent;
using Ringwright.Calls;

namespace Ringwright.MediaHost.Taps;

/// <summary>
/// The outer ends of taps, in files that the process with the ticks opens too. A tick tells nobody that it has written something: one
/// thread looks, some times in a tick, while there are taps.
/// </summary>
public sealed class AudioTaps : IAudioTaps, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(4);

    private readonly string? _folder;
    private readonly IDisposable? _held;
    private readonly ConcurrentDictionary<AudioTap, bool> _open = new();
    private readonly AutoResetEvent _bell = new(false);
    private readonly Thread _looking;
    private volatile bool _isDisposed;

    /// <param name="folder">The same as the ticks', removed at the end; null when there is none, and no tap can be opened.</param>
    public AudioTaps(string? folder)
    {
        (_folder, _held) = (folder, folder is null ? null : TapFolder.Hold(folder));
        _looking = new(LookOn) { IsBackground = true, Name = "audio-taps" };
        _looking.Start();
    }

    /// <summary>Taps that are open.</summary>
    public int Count => _open.Count;

    public IAudioTap Open(TapPlan plan)
    {
        if (_folder is null || _isDisposed) throw new IOException("there is no place for live audio");
        var tap = new AudioTap(plan, TapFile.Create(_folder, plan), TapFile.PathOf(_folder, plan.Id), Forget);
        _open[tap] = true;
        _bell.Set();
        return tap;
    }

    /// <summary>The process with the ticks has gone: nothing comes any more.</summary>
    public void Lose()
    {
        foreach (var (tap, _) in _open) tap.Lose();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _bell.Set();
        _looking.Join();
        foreach (var (tap, _) in _open) tap.Dispose();
        _bell.Dispose();
        if (_folder is not null) TapFolder.Remove(_folder);
        _held?.Dispose();
    }

    private void Forget(AudioTap tap) => _open.TryRemove(tap, out _);

    private void LookOn()
    {
        while (!_isDisposed)
        {
            if (_open.IsEmpty) _bell.WaitOne();
            else Thread.Sleep(Look);
            foreach (var (tap, _) in _open) tap.Look();
        }
    }
}
