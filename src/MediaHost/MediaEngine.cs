using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rooms;
using Ringwright.MediaHost.Taps;

namespace Ringwright.MediaHost;

/// <summary>
/// The threads that carry audio: ticks with their shards of ports, events, prompt files and recordings. Who may use which port is settled
/// elsewhere: beside it (<see cref="InlineMediaHost"/>), or in another process.
/// </summary>
/// <param name="slots">The port pairs, by index; one must be bound when it is opened, and stay so until its closed event.</param>
/// <param name="deliver">Gets every media event, in their order, on a thread of the engine's own; may block without hurting a tick.
/// The list is another one's when it returns. Where it throws it has taken none of it.</param>
/// <param name="tend">Called now and then on the file thread; null when there is nothing to be done there beside files.</param>
internal sealed class MediaEngine(MediaHostOptions options, PortSlot[] slots, Action<IReadOnlyList<MediaEvent>> deliver, Action? tend,
    ILogger logger) : IDisposable
{
    /// <summary>Before a tick: what is asked for by then is in its thread's mailbox in time, on a busy machine too.</summary>
    private static readonly TimeSpan LastCall = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan TendInterval = TimeSpan.FromMilliseconds(250);

    private readonly PromptMemory _prompts = new(options.PromptCacheBytes, logger);
    /// <summary>Rooms whose port is not asked to close; each has one, so there are never more of them than ports.</summary>
    private readonly ConcurrentDictionary<PortId, RoomHub> _rooms = new();
    private EventPump? _pump;
    private TickThread[] _ticks = [];
    private Thread? _files;
    private volatile bool _isRunning;
    private int _isDisposed;

    public bool IsRunning => _isRunning;

    /// <summary>The files of what is recorded.</summary>
    public RecordingWriter Recordings { get; } = new(options, logger);

    /// <summary>The memory of taps that ticks have in hand.</summary>
    public EngineTaps Taps { get; } = new(options, logger);

    /// <summary>No file is being read or written that the next tick would want.</summary>
    public bool IsAtRest => !_prompts.IsLoading && Recordings.IsAtRest;

    public void Start()
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The media plane needs Linux.");
        int threads = Math.Max(1, options.Threads);
        _pump = new(threads, deliver, logger);
        _ticks = new TickThread[threads];
        for (int i = 0; i < threads; i++)
        {
            var settings = new MediaSettings
            {
                SendsSilence = options.SendsSilence,
                ReportInterval = options.ReportInterval,
                Anchor = options.Stepping is { } stepping ? new(stepping.Now, stepping.Clock.GetUtcNow()) : MediaClock.Anchor(),
                Capacity = slots.Length,
                Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            };
            _ticks[i] = new(i, settings, slots, _prompts, _pump, options.Stepping, logger);
        }
        _files = new(TendFiles) { IsBackground = true, Name = "media-files" };
        _isRunning = true;
        _pump.Start();
        _files.Start();
        Recordings.Start();
        foreach (var tick in _ticks) tick.Start();
        logger.MediaStarted(string.Join(" and ", options.Networks), threads, slots.Count(s => s.IsBound));
    }

    /// <summary>
    /// Each thread has room for a few messages more. True stays true until the next message where there is but one poster.
    /// </summary>
    public bool HasRoom => Array.TrueForAll(_ticks, tick => tick.HasRoom);

    /// <summary>
    /// When to look for commands again: shortly before the next tick of the first thread, at which they take effect, or the one after it.
    /// Where there are more threads, or it rests, a command may wait for a tick more.
    /// </summary>
    public Instant BeforeNextTick
    {
        get
        {
            var (now, next) = (MediaClock.Now, _ticks[0].NextTick);
            // A thread that rests ticks when it gets a message: about now.
            if (next + TickThread.Step < now) next = now;
            var look = next - LastCall;
            while (look <= now) look += TickThread.Step;
            return look;
        }
    }

    /// <summary>Somebody has leased the port. False when its thread takes no more for now.</summary>
    public bool Open(PortId port, Subject owner)
    {
        if (!IsRunning || IsStale(port)) return false;
        var slot = slots[port.Index];
        if (slot.IsFresh)
        {
            if (!Array.TrueForAll(_ticks, tick => tick.TryPost(new(port, Taken: slot)))) return false;
            slot.IsFresh = false;
        }
        return Owner(port.Index).TryPost(new(port, owner, Leased: slot));
    }

    /// <summary>
    /// Hands the command over; effective at the next tick. One for a stale port is dropped. False when there is no room for it.
    /// </summary>
    public bool Post(MediaCommand command)
    {
        if (!IsRunning) return false;
        if (IsStale(command.Port)) return true;
        // Asked early, so that the file is there when the tick wants it.
        if (command is MediaCommand.Play play) _prompts.Find(play.File, out _);
        var link = command is MediaCommand.Bridge bridge ? new AudioLink(bridge.PassesDigits) : null;
        var ring = command is MediaCommand.StartRecord start ? Recordings.Begin(start.Plan) : null;
        var memory = command is MediaCommand.OpenTap open ? Taps.Find(open.Plan) : null;
        var message = new TickMessage(command.Port, Command: command, Link: link, Ring: ring, Room: RoomOf(command), Memory: memory);
        bool isPosted = Owner(command.Port.Index).TryPost(message) && TrySpeak(command, link);
        if (memory is not null) _prompts.Wake();        // the file thread is to look after it
        if (isPosted) return true;
        ring?.End();
        memory?.Release();
        if (command is MediaCommand.OpenRoom) _rooms.TryRemove(command.Port, out _);
        Metrics.CommandsRefused.Add(1);
        return false;
    }

    /// <summary>The file thread has something to do.</summary>
    public void WakeFiles() => _prompts.Wake();

    /// <summary>Ends every port, delivers what is left to say, finishes the files. The sockets are left to their owner.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _isRunning = false;
        foreach (var tick in _ticks) tick.Dispose();
        _pump?.Dispose();
        Recordings.Dispose();
        Taps.Dispose();
        if (_files is { IsAlive: true })
        {
            _prompts.Wake();
            _files.Join();
        }
        _prompts.Dispose();
    }

    /// <summary>Null also for one that is gone, or was never opened.</summary>
    private RoomHub? RoomOf(MediaCommand command)
    {
        if (command is MediaCommand.OpenRoom open)
        {
            var made = new RoomHub(open.Terms, _ticks.Length);
            return _rooms.TryAdd(command.Port, made) ? made : null;
        }
        if (command is MediaCommand.Close) _rooms.TryRemove(command.Port, out _);
        return command is MediaCommand.JoinRoom join ? _rooms.GetValueOrDefault(join.Room) : null;
    }

    /// <summary>The other end of a bridge goes to the peer's thread. A peer that is gone says nothing.</summary>
    private bool TrySpeak(MediaCommand command, AudioLink? link)
    {
        if (link is null || command is not MediaCommand.Bridge { Peer: var peer } || IsStale(peer)) return true;
        return Owner(peer.Index).TryPost(new(peer, Link: link));
    }

    private TickThread Owner(int index) => _ticks[index % _ticks.Length];

    private bool IsStale(PortId port) => port.Epoch != options.Epoch || port.Index >= slots.Length;

    private void TendFiles()
    {
        while (IsRunning)
        {
            try
            {
                _prompts.LoadNext(tend is null && Taps.Count == 0 ? Timeout.InfiniteTimeSpan : TendInterval);
                Taps.Sweep();
                tend?.Invoke();
            }
            catch (Exception e)
            {
                logger.FilesFailed(e);
            }
        }
    }
}
