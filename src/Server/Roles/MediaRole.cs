using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ringwright.Calls;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Control;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Roles;

/// <summary><c>--media process</c>: audio in a process of its own, which is started again when it dies.</summary>
internal sealed class MediaRole : INodeMedia
{
    /// <summary>The hidden command that the process runs.</summary>
    public const string CommandName = "media-role";

    /// <summary>More than inside one process: what a burst of new calls finds free must last until the next pairs are told.</summary>
    public const int WarmPairs = 256;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    /// <summary>Between its socket's end and its own; who takes longer is ended by force.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);
    /// <summary>Waits between starts double while the process dies sooner than <see cref="Healthy"/>.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100), LongestWait = TimeSpan.FromSeconds(5),
        Healthy = TimeSpan.FromSeconds(10);

    private readonly ServeSettings _settings;
    private readonly MediaHostOptions _options;
    private readonly ILogger _logger;
    private readonly RemoteMediaPlane _plane;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task<(ChildProgram Child, Task<string> Closed)> _first;
    private Task _watch = Task.CompletedTask;
    private volatile ChildProgram? _child;
    private string _lastLine = "nothing";

    /// <summary>Starts the process; <see cref="ReadyAsync"/> tells when it is up.</summary>
    public MediaRole(ServeSettings settings, MediaHostOptions options, Action<MediaEvent> deliver,
        Action<IReadOnlyList<MediaEvent.Lost>> lose, ILoggerFactory loggers)
    {
        (_settings, _options) = (settings, options);
        _logger = loggers.CreateLogger("Ringwright.Server");
        _plane = new(options, deliver, lose, loggers.CreateLogger("Ringwright.MediaHost"));
        _first = Task.Run(StartChildAsync);
    }

    public IMediaPlane Plane => _plane;
    public IRecordingFiles Files => _plane.Recordings;
    public IAudioTaps Taps => _plane.Taps;
    public bool IsUp => _plane.IsUp;
    public bool IsAtRest => true;       // its own affair, by the wall clock
    public bool HasOpus => _plane.HasOpus;
    public int? ProcessId => _plane.IsUp ? _child?.Id : null;

    public static string SocketFor(string data) => AdminSocket.PathFor(data, "media.sock");

    public async Task ReadyAsync(CancellationToken stop)
    {
        var (child, closed) = await _first.WaitAsync(stop);
        _watch = WatchAsync(child, closed);
    }

    public void Stay() => _plane.Stay();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _plane.Dispose();
        await Task.WhenAll(_first, _watch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_child is { } child)
        {
            await child.DisposeAsync();
            MediaPidFile.Delete(_settings.Data);
        }
        _stopping.Dispose();
    }

    /// <exception cref="StartRefused">It did not come up; the sentence ends with what it said.</exception>
    private async Task<(ChildProgram Child, Task<string> Closed)> StartChildAsync()
    {
        uint epoch = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        string path = SocketFor(_settings.Data);
        AdminSocket.Prepare(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(1);
        var child = ChildProgram.Start(Arguments(path, epoch), Hear, Runtime);
        try
        {
            MediaPidFile.Write(_settings.Data, child.Id, epoch);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            limit.CancelAfter(StartLimit);
            var socket = listener.AcceptAsync(limit.Token).AsTask();
            await Task.WhenAny(socket, child.Exited).ConfigureAwait(false);
            if (!socket.IsCompletedSuccessfully) throw Refused(child.HasExited ? _lastLine : "it did not connect");
            var closed = await _plane.ConnectAsync(await socket.ConfigureAwait(false), epoch, limit.Token).ConfigureAwait(false);
            _child = child;
            return (child, closed);
        }
        catch (Exception failed)
        {
            child.Kill();
            await child.DisposeAsync();
            MediaPidFile.Delete(_settings.Data);
            _stopping.Token.ThrowIfCancellationRequested();
            if (failed is OperationCanceledException) throw Refused($"it said nothing for {StartLimit.TotalSeconds:0} s");
            if (failed is IOException) throw Refused(failed.Message);
            throw;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private string Ranges => string.Join(',', _options.Networks);

    private StartRefused Refused(string why) =>
        new($"the media process did not start (--rtp {Ranges}): {why.Replace("ringwright: ", "", StringComparison.Ordinal)}");

    private async Task WatchAsync(ChildProgram child, Task<string> closed)
    {
        var wait = TimeSpan.Zero;
        while (true)
        {
            long startedAt = TimeProvider.System.GetTimestamp();
            long? kills = ExitWords.CountKills();
            await Task.WhenAny(closed, child.Exited).ConfigureAwait(false);
            if (_stopping.IsCancellationRequested) return;
            var (evidence, exit) = await EndAsync(child, closed).ConfigureAwait(false);
            int held = _plane.Held;
            _child = null;
            _plane.Lose(evidence);
            await child.DisposeAsync();
            string why = exit is { } code ? ExitWords.Of(code, hasRunOut: ExitWords.CountKills() > kills) : "";
            _logger.MediaProcessEnded(evidence + why, held);

            wait = TimeProvider.System.GetElapsedTime(startedAt) >= Healthy ? TimeSpan.Zero : wait == TimeSpan.Zero ? FirstWait
                : TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, LongestWait.Ticks));
            if (await StartAgainAsync(wait).ConfigureAwait(false) is not { } next) return;
            (child, closed) = next;
        }
    }

    /// <summary>The process is gone, or is made to be.</summary>
    /// <returns>What happened, as a sentence, and its exit code where it ended by itself.</returns>
    private static async Task<(string Evidence, int? Exit)> EndAsync(ChildProgram child, Task<string> closed)
    {
        await Task.WhenAny(child.Exited, Task.Delay(EndLimit)).ConfigureAwait(false);
        if (child.HasExited) return ($"The media process ended (exit code {child.ExitCode}).", child.ExitCode);
        string reason = closed.IsCompletedSuccessfully ? await closed.ConfigureAwait(false) : "it did not end";
        child.Kill();
        await child.Exited.ConfigureAwait(false);
        return ($"The media process was ended: {reason}.", null);
    }

    /// <returns>Null when the node stops meanwhile.</returns>
    private async Task<(ChildProgram, Task<string>)?> StartAgainAsync(TimeSpan wait)
    {
        while (true)
        {
            try
            {
                await Task.Delay(wait, _stopping.Token).ConfigureAwait(false);
                return await StartChildAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception failed)
            {
                _logger.MediaProcessRefused(failed.Message);
                wait = LongestWait;
            }
        }
    }

    private IEnumerable<string> Arguments(string socket, uint epoch)
    {
        yield return CommandName;
        foreach (var (name, value) in new[]
        {
            ("--socket", socket), ("--epoch", epoch.ToString(CultureInfo.InvariantCulture)), ("--rtp", Ranges),
            ("--recordings", _options.RecordingFolder ?? ""), ("--taps", _options.TapFolder ?? ""),
            ("--log-format", _settings.IsLogJson ? "json" : "text"), ("--log-level", _settings.LogLevel.ToString().ToLowerInvariant()),
        })
        {
            yield return name;
            yield return value;
        }
    }

    /// <summary>So small a nursery that memory stays flat; collections are rare and short.</summary>
    private static readonly IReadOnlyDictionary<string, string> Runtime = new Dictionary<string, string>
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_GCgen0size"] = "0x400000",
    };

    /// <summary>Its log lines are ours, in the same form already. Whoever reads them too slowly must not stop it.</summary>
    private void Hear(string line)
    {
        if (line.Length == 0) return;
        _lastLine = line;
        FormattedLine.Write(_logger, line);
    }
}
