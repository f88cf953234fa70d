using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost.Taps;

namespace Ringwright.MediaHost.Control;

/// <summary>
/// The media plane in a process of its own, as the shards see it: leases from memory, commands over the control socket.
/// The process may die and another take its place; who starts it says so by <see cref="ConnectAsync"/> and <see cref="Lose"/>.
/// </summary>
public sealed class RemoteMediaPlane : IMediaPlane, IDisposable
{
    /// <summary>Media gives a sign of life each second; a machine that is very busy may delay it.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);
    /// <summary>Events of one tick come together, and nothing waits for them that would not wait for the tick.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);
    private const long AskAgainMilliseconds = 1_000;
    private const string Away = "The media process is away.";

    private readonly MediaHostOptions _options;
    private readonly Action<MediaEvent> _deliver;
    private readonly Action<IReadOnlyList<MediaEvent.Lost>> _lose;
    private readonly ILogger _logger;
    private readonly LeaseTable _leases;
    private readonly OwnPairs _own;
    private readonly RemoteRecordings _recordings;
    private readonly MeterReplay _meters = new();
    private readonly AudioTaps _taps;
    private volatile Connection? _connection;
    private volatile string _evidence = Away;
    private readonly Asking[] _asking;

    /// <summary>One process: what it is called, its channel, and how the end of that is told.</summary>
    private sealed class Connection(uint epoch)
    {
        public uint Epoch => epoch;
        public ControlChannel? Channel { get; set; }
        public TaskCompletionSource<Hello> Hello { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource<string> Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <param name="options">As the process has them, but for the epoch.</param>
    /// <param name="deliver">Gets every media event, one at a time.</param>
    /// <param name="lose">Gets all ports that are lost with a process, at once: legs that are joined are to hear of it together.</param>
    public RemoteMediaPlane(MediaHostOptions options, Action<MediaEvent> deliver,
        Action<IReadOnlyList<MediaEvent.Lost>> lose, ILogger logger)
    {
        (_options, _deliver, _lose, _logger) = (options, deliver, lose, logger);
        _leases = new([.. options.Networks.Select(network => network.Pairs)], options.WarmPairs);
        _own = new(options);
        _asking = [.. options.Networks.Select(_ => new Asking())];
        _recordings = new(options.RecordingFolder);
        _taps = new(options.TapFolder);
    }

    /// <summary>There is a process, and it takes leases and commands.</summary>
    public bool IsUp => _leases.IsUp;

    /// <summary>Leases that their owners have not given up yet.</summary>
    public int Held => _leases.Held;

    public IRecordingFiles Recordings => _recordings;

    /// <summary>Live audio of its ports.</summary>
    public IAudioTaps Taps => _taps;

    /// <summary>What the process said it has; false before the first one.</summary>
    public bool HasOpus { get; private set; }

    /// <summary>A process has connected: waits for its Hello. From then on it is the plane.</summary>
    /// <param name="epoch">What this process was told that it is.</param>
    /// <returns>Completes with the reason when the connection is over.</returns>
    /// <exception cref="IOException">It is not what was started, or ended before its Hello; the message is a clause.</exception>
    public async Task<Task<string>> ConnectAsync(Socket socket, uint epoch, CancellationToken stop)
    {
        var connection = new Connection(epoch);
        connection.Channel = new(socket, new() { SilenceLimit = SilenceLimit, RestUntil = () => MediaClock.Now + Rest },
            (FrameKind kind, ref FrameReader fields) => Handle(connection, kind, ref fields), reason => OnClosed(connection, reason));
        connection.Channel.Start();
        try
        {
            await Task.WhenAny(connection.Hello.Task, connection.Closed.Task).WaitAsync(stop).ConfigureAwait(false);
            if (!connection.Hello.Task.IsCompleted) throw new IOException(await connection.Closed.Task.ConfigureAwait(false));
            var hello = await connection.Hello.Task.ConfigureAwait(false);
            if (hello.Epoch != epoch) throw new IOException("it is another one than was started");
            if (hello.Build != Hello.OwnBuild) throw new IOException("it is of another build: stop the node, and start it again");
            HasOpus = hello.HasOpus;
            _recordings.Begin(hello);
            _connection = connection;
            foreach (ushort index in hello.Ports) _own.Add(index);
            _leases.Begin(epoch, hello.Ports);
            _logger.MediaProcessReady(hello.ProcessId, hello.Ports.Count);
            return connection.Closed.Task;
        }
        catch
        {
            connection.Channel.Dispose();
            throw;
        }
    }

    /// <summary>The process has ended. Its legs are told; what it recorded is made whole.</summary>
    /// <param name="evidence">What happened, as a sentence.</param>
    public void Lose(string evidence)
    {
        _evidence = evidence;
        var connection = _connection;
        _connection = null;
        var lost = _leases.Lose();
        _own.Clear();
        connection?.Channel?.Dispose();
        _recordings.Lose();
        _taps.Lose();
        _meters.Reset();
        if (lost.Count > 0) _lose([.. lost.Select(lease => new MediaEvent.Lost(lease.Owner, lease.Port, evidence))]);
    }

    /// <summary>The node is stopping: a signal that goes to both must not end media before its calls.</summary>
    public void Stay() => _connection?.Channel?.TrySend(true, PortFrames.Stay);

    public bool TryLease(Subject owner, int network, out PortLease lease)
    {
        lease = default;
        if (_leases.TryTake(owner, network, out var port))
        {
            if (_connection?.Channel is { } channel && channel.TrySend((port, owner), PortFrames.Open))
            {
                AskForMore(channel, network);
                lease = _options.Lease(port);
                return true;
            }
            _leases.Release(port);
        }
        Metrics.Refuse(_options, network);
        return false;
    }

    public bool Post(MediaCommand command)
    {
        switch (_leases.Judge(command.Port, command is MediaCommand.Close, out var owner))
        {
            case LeaseState.Unknown:
                return true;
            case LeaseState.Lost:
                // Its owner was just being made when all others heard of it.
                if (command is not MediaCommand.Close) _lose([new(owner, command.Port, _evidence)]);
                return true;
        }
        if (command is MediaCommand.StartRecord { Plan: var plan }) _recordings.Begin(plan);
        if (_connection?.Channel is { } channel && channel.TrySend(command, CommandFrames.Write)) return true;
        if (command is MediaCommand.StartRecord { Plan.Id: var id }) _recordings.Forget(id);
        Metrics.CommandsRefused.Add(1);
        return false;
    }

    public void Dispose()
    {
        _leases.Stop();
        _connection?.Channel?.Dispose();
        _taps.Dispose();
    }

    private void OnClosed(Connection connection, string reason)
    {
        // No leases from here on; who has one hears of it when the process has really ended.
        if (_connection == connection) _leases.Stop();
        connection.Closed.TrySetResult(reason);
    }

    private bool Handle(Connection connection, FrameKind kind, ref FrameReader fields)
    {
        switch (kind)
        {
            case FrameKind.Hello:
                var hello = Hello.Read(ref fields);
                return fields.IsWhole && connection.Hello.TrySetResult(hello);
            case FrameKind.Bound:
                var (network, ports) = PortFrames.Bound(ref fields);
                if (!fields.IsWhole || network < 0 || network >= _asking.Length) return false;
                foreach (ushort index in ports) _own.Add(index);
                _leases.Add(connection.Epoch, ports);
                _asking[network].AgainAt = ports.Length > 0 ? 0 : Environment.TickCount64 + AskAgainMilliseconds;
                Volatile.Write(ref _asking[network].IsOpen, 0);
                return true;
            case FrameKind.Written:
                var (recording, file) = RecordingFrames.Written(ref fields);
                if (!fields.IsWhole) return false;
                _recordings.Written(recording, file);
                return true;
            case FrameKind.Meters:
                return _meters.Read(ref fields);
            default:
                if (EventFrames.Read(kind, ref fields) is not { } happened || !fields.IsWhole) return false;
                Deliver(happened);
                return true;
        }
    }

    /// <summary>A closed port is free before its owner hears of it; the next lease has an id of its own.</summary>
    private void Deliver(MediaEvent happened)
    {
        if (happened is MediaEvent.Closed)
        {
            _leases.Release(happened.Port);
            if (_leases.TryShrink(out ushort[]? ports))
            {
                _connection?.Channel?.TrySend(ports, PortFrames.Unbind);
                foreach (ushort index in ports) _own.Remove(index);
            }
        }
        try
        {
            _deliver(happened);
        }
        catch (Exception e)
        {
            // A bug of the taker must not silence all other legs.
            _logger.DeliveryFailed(e, happened.Owner);
        }
    }

    private void AskForMore(ControlChannel channel, int network)
    {
        int wanted = _leases.Wanted(network);
        var asking = _asking[network];
        if (wanted <= 0 || Volatile.Read(ref asking.AgainAt) > Environment.TickCount64 || Interlocked.Exchange(ref asking.IsOpen, 1) != 0)
            return;
        channel.TrySend((network, wanted), PortFrames.Bind);
    }

    /// <summary>For more pairs of one network.</summary>
    private sealed class Asking
    {
        public int IsOpen;
        public long AgainAt;
    }
}
