using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost;

/// <summary>The media plane inside this process: real sockets, real threads, the same interface as the process of its own.</summary>
public sealed class InlineMediaHost : IMediaPlane, IDisposable
{
    private static readonly TimeSpan TendInterval = TimeSpan.FromMilliseconds(250);

    private readonly Action<MediaEvent> _deliver;
    private readonly ILogger _logger;
    private readonly IPAddress _advertised;
    private readonly PortPool _pool;
    private readonly PromptCache _prompts;
    private readonly RecordingWriter _recordings;
    private EventPump? _pump;
    private TickThread[] _ticks = [];
    private Thread? _files;
    private volatile bool _isRunning;
    private int _isTending, _isDisposed;

    /// <param name="deliver">Gets every media event, one at a time, on a thread of the host's own; may block without hurting a tick.</param>
    public InlineMediaHost(MediaHostOptions options, Action<MediaEvent> deliver, ILogger logger)
    {
        (Options, _deliver, _logger) = (options, deliver, logger);
        _advertised = options.Advertise ?? options.Address;
        _pool = new(options);
        _prompts = new(options.PromptCacheBytes, logger);
        _recordings = new(options.RecordingFolder, logger);
    }

    public MediaHostOptions Options { get; }

    /// <summary>The files of what is recorded.</summary>
    public IRecordingFiles Recordings => _recordings;

    /// <summary>Binds the first ports and starts the threads.</summary>
    /// <exception cref="IOException">No port pair of the range can be bound; the message is one line for the operator.</exception>
    public void Start()
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The media plane needs Linux.");
        _pool.Start();
        int threads = Math.Max(1, Options.Threads);
        _pump = new(threads, Deliver, _logger);
        _ticks = new TickThread[threads];
        for (int i = 0; i < threads; i++)
        {
            var settings = new MediaSettings
            {
                SendsSilence = Options.SendsSilence,
                SilenceLimit = Options.SilenceLimit,
                ReportInterval = Options.ReportInterval,
                Anchor = MediaClock.Anchor(),
                Capacity = _pool.Slots.Length,
                Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            };
            _ticks[i] = new(i, settings, _pool.Slots, _prompts, _pump, _logger);
        }
        _files = new(TendFiles) { IsBackground = true, Name = "media-files" };
        _isRunning = true;
        _pump.Start();
        _files.Start();
        _recordings.Start();
        foreach (var tick in _ticks) tick.Start();
        _logger.MediaStarted(Options.Address, Options.FirstPort, Options.LastPort, threads, _pool.Warm);
    }

    public bool TryLease(LegId owner, out PortLease lease)
    {
        lease = default;
        if (!_isRunning || !_pool.TryTake(out var slot))
        {
            Metrics.LeasesRefused.Add(1);
            return false;
        }
        slot.Leases++;
        var id = PortId.Compose(Options.Epoch, slot.Index, slot.Leases);
        if (!Owner(slot.Index).TryPost(new(id, owner, Leased: slot)))
        {
            _pool.Return(slot);
            Metrics.LeasesRefused.Add(1);
            return false;
        }
        if (_pool.IsLow && Interlocked.Exchange(ref _isTending, 1) == 0) _prompts.Wake();
        lease = new(id, new(_advertised, slot.Port));
        return true;
    }

    public bool Post(MediaCommand command)
    {
        if (!_isRunning) return false;
        if (IsStale(command.Port)) return true;
        // Asked early, so that the file is there when the tick wants it.
        if (command is MediaCommand.Play play) _prompts.Find(play.File, out _);
        var link = command is MediaCommand.Bridge bridge ? new AudioLink(bridge.PassesDigits) : null;
        var ring = command is MediaCommand.StartRecord start ? _recordings.Begin(start.Plan) : null;
        bool isPosted = Owner(command.Port.Index).TryPost(new(command.Port, Command: command, Link: link, Ring: ring)) && TrySpeak(command, link);
        if (!isPosted) ring?.End();
        if (!isPosted) Metrics.CommandsRefused.Add(1);
        return isPosted;
    }

    /// <summary>Copies what a port hears into a tap from the next tick on; null ends it.</summary>
    public bool TryAttach(PortId port, Tap? tap) => _isRunning && !IsStale(port) && Owner(port.Index).TryPost(new(port, Tap: tap));

    /// <summary>Ends every port, delivers what is left to say, closes the sockets.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _isRunning = false;
        foreach (var tick in _ticks) tick.Dispose();
        _pump?.Dispose();
        _recordings.Dispose();
        if (_files is { IsAlive: true })
        {
            _prompts.Wake();
            _files.Join();
        }
        _pool.Dispose();
        _prompts.Dispose();
    }

    /// <summary>The other end of a bridge goes to the peer's thread. A peer that is gone says nothing.</summary>
    private bool TrySpeak(MediaCommand command, AudioLink? link)
    {
        if (link is null || command is not MediaCommand.Bridge { Peer: var peer } || IsStale(peer)) return true;
        return Owner(peer.Index).TryPost(new(peer, Link: link));
    }

    private TickThread Owner(int index) => _ticks[index % _ticks.Length];

    private bool IsStale(PortId port) => port.Epoch != Options.Epoch || port.Index >= _pool.Slots.Length;

    /// <summary>A closed port is free before its leg hears of it; the next lease has an id of its own.</summary>
    private void Deliver(MediaEvent happened)
    {
        if (happened is MediaEvent.Closed && _isRunning) _pool.Return(_pool.Slots[happened.Port.Index]);
        _deliver(happened);
    }

    private void TendFiles()
    {
        while (_isRunning)
        {
            try
            {
                _prompts.LoadNext(TendInterval);
                Volatile.Write(ref _isTending, 0);
                _pool.Tend();
            }
            catch (Exception e)
            {
                _logger.FilesFailed(e);
            }
        }
    }
}
