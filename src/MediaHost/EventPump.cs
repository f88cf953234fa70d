using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost.Native;

namespace Ringwright.MediaHost;

/// <summary>One writer, one reader, no lock: events from a tick thread to the pump.</summary>
internal sealed class EventRing
{
    private const int Size = 8192;
    private readonly MediaEvent?[] _ring = new MediaEvent?[Size];
    private long _written, _read;

    public bool IsFull => _written - Volatile.Read(ref _read) >= Size;

    public void Put(MediaEvent happened)
    {
        _ring[_written % Size] = happened;
        Volatile.Write(ref _written, _written + 1);
    }

    public bool TryTake(out MediaEvent? happened)
    {
        happened = null;
        if (_read == Volatile.Read(ref _written)) return false;
        happened = _ring[_read % Size];
        _ring[_read % Size] = null;
        Volatile.Write(ref _read, _read + 1);
        return true;
    }
}

/// <summary>
/// Delivers events on a thread of its own, so that whoever takes them may block without hurting a tick. Woken by an eventfd:
/// the framework's wait handles take a process-wide lock. While a ring is full the events wait in the shard, which loses none of them.
/// What one tick has to tell is delivered together: calls that end in the same 20 ms wake whoever takes it once.
/// </summary>
internal sealed unsafe class EventPump : IDisposable
{
    private const int MostTogether = 64;

    private readonly EventRing[] _rings;
    private readonly Action<IReadOnlyList<MediaEvent>> _deliver;
    private readonly List<MediaEvent> _taken = new(MostTogether);
    private readonly ILogger _logger;
    private readonly int _bell;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <param name="deliver">Gets them in their order; the list is another one's when it returns. Where it throws it has taken none of
    /// it.</param>
    public EventPump(int rings, Action<IReadOnlyList<MediaEvent>> deliver, ILogger logger)
    {
        (_deliver, _logger) = (deliver, logger);
        _rings = new EventRing[rings];
        for (int i = 0; i < rings; i++) _rings[i] = new();
        _bell = MediaLibc.EventFd(0, MediaLibc.EventFdCloseOnExec);
        if (_bell < 0) throw new IOException($"eventfd failed with error {Marshal.GetLastPInvokeError()}.");
        _thread = new(Run) { IsBackground = true, Name = "media-events" };
    }

    public EventRing Ring(int index) => _rings[index];

    public void Start() => _thread.Start();

    public void Wake()
    {
        ulong one = 1;
        MediaLibc.Write(_bell, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Delivers what is there and ends the thread.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Wake();
        if (_thread.IsAlive) _thread.Join();
        MediaLibc.Close(_bell);
    }

    private void Run()
    {
        bool isLast;
        do
        {
            ulong rung;
            MediaLibc.Read(_bell, (byte*)&rung, sizeof(ulong));
            isLast = _isStopping;
            foreach (var ring in _rings)
            {
                while (ring.TryTake(out var happened))
                {
                    _taken.Add(happened!);      // What TryTake gives was put there.
                    if (_taken.Count == MostTogether) DeliverTaken();
                }
            }
            DeliverTaken();
        }
        while (!isLast);
    }

    /// <summary>On the thread that calls; <see cref="Run"/> does for what is in the rings.</summary>
    public void Deliver(MediaEvent happened) => Deliver([happened]);

    private void DeliverTaken()
    {
        if (_taken.Count > 0) Deliver(_taken);
        _taken.Clear();
    }

    private void Deliver(IReadOnlyList<MediaEvent> happened)
    {
        try
        {
            _deliver(happened);
        }
        catch (Exception) when (happened.Count > 1)
        {
            // A bug of the taker must not silence all other legs.
            foreach (var one in happened) Deliver(one);
        }
        catch (Exception e)
        {
            _logger.DeliveryFailed(e, happened[0].Owner);
        }
    }
}
