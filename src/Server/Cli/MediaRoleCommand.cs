using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Control;
using Ringwright.Server.Doctor;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Cli;

/// <summary>The role process <c>media</c>; <c>serve</c> starts it. It ends when its control socket or its standard input does.</summary>
internal static class MediaRoleCommand
{
    /// <summary>For the files of recordings, once nobody is there any more; the node's next start finishes the others.</summary>
    private static readonly TimeSpan LastFiles = TimeSpan.FromSeconds(5);
    /// <summary>A signal to a group of processes reaches us before the node has said that it is stopping.</summary>
    private static readonly TimeSpan WordOfStay = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var socket = new Option<string>("--socket") { Required = true };
        var epoch = new Option<uint>("--epoch") { Required = true };
        var rtp = new Option<string>("--rtp") { Required = true };
        var recordings = new Option<string>("--recordings") { Required = true };
        var taps = new Option<string>("--taps") { Required = true };
        var format = new Option<string>("--log-format") { Required = true };
        var level = new Option<LogLevel>("--log-level") { Required = true };
        var command = new Command(MediaRole.CommandName, "The media process.") { socket, epoch, rtp, recordings, taps, format, level };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            var ranges = new SettingText(rtp.Name, parsed.GetRequiredValue(rtp)).PortRanges();
            var options = new MediaHostOptions
            {
                Networks = [.. ranges.Select(r => new MediaNetwork
                {
                    Address = r.Host ?? IPAddress.Loopback, FirstPort = r.First, LastPort = r.Last, LocalAddresses = Ports.LocalAddresses(),
                })],
                Epoch = parsed.GetValue(epoch),
                RecordingFolder = parsed.GetRequiredValue(recordings) is { Length: > 0 } folder ? folder : null,
                TapFolder = parsed.GetRequiredValue(taps) is { Length: > 0 } place ? place : null,
                WarmPairs = MediaRole.WarmPairs,
                MostPairs = Descriptors.MediaPairs(SystemChecks.OpenFiles, hasNode: false),
            };
            using var loggers = Logs.Create(parsed.GetRequiredValue(format) == "json", parsed.GetValue(level));
            return await RunAsync(parsed.GetRequiredValue(socket), options, loggers, stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(string path, MediaHostOptions options, ILoggerFactory loggers, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
        using var host = new RemoteMediaHost(options, loggers.CreateLogger("Ringwright.MediaHost"));
        try
        {
            host.Start(socket);
        }
        catch (IOException failed)
        {
            throw new StartRefused(failed.Message, failed);
        }
        var asked = Task.Delay(Timeout.Infinite, stop);
        await Task.WhenAny(host.Closed, ChildProgram.ParentGoneAsync(CancellationToken.None), asked);
        if (asked.IsCompleted)
        {
            await Task.WhenAny(host.Closed, Task.Delay(WordOfStay, CancellationToken.None));
            if (host.IsToStay) await host.Closed;
        }
        // Whatever hangs, the ports are free by then.
        using var limit = new Timer(_ => Environment.Exit(1), null, LastFiles, Timeout.InfiniteTimeSpan);
        host.Dispose();
        return 0;
    }
}
