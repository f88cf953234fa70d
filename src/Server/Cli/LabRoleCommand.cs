using System.CommandLine;
using System.Net;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Lab;
using Ringwright.MediaHost;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Cli;

/// <summary>The role process <c>lab</c>; <c>serve --lab</c> starts it. It ends when its standard input does.</summary>
internal static class LabRoleCommand
{
    public static Command Create()
    {
        var node = new Option<string>("--node") { Required = true };
        var seed = new Option<ulong>("--seed");
        var socket = new Option<string>("--socket") { Required = true };
        var folder = new Option<string>("--folder") { Required = true };
        var certificate = new Option<string>("--tls-cert") { Required = true };
        var key = new Option<string>("--tls-key") { Required = true };
        var command = new Command(LabRole.CommandName, "The lab's process.") { node, seed, socket, folder, certificate, key };
        command.Hidden = true;
        command.SetAction((parsed, stop) => RunAsync(new LabOptions
        {
            Node = IPEndPoint.Parse(parsed.GetRequiredValue(node)),
            Seed = parsed.GetValue(seed),
            ControlSocket = parsed.GetRequiredValue(socket),
            Tls = new()
            {
                Listen = new(IPAddress.Loopback, 0),
                Certificate = SipTls.Load(parsed.GetRequiredValue(certificate), parsed.GetRequiredValue(key))
            },
        }, parsed.GetRequiredValue(folder), stop));
        return command;
    }

    private static async Task<int> RunAsync(LabOptions options, string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var settings = new ServeSettings
        {
            Data = folder,
            Http = new(IPAddress.Loopback, 0),
            Admin = new(IPAddress.Loopback, 0),
            Sip = options.Sip,
            Rtp = new(IPAddress.Loopback, options.FirstRtpPort, options.LastRtpPort),
            LogLevel = LogLevel.Warning,
        };
        using var loggers = Logs.Create(settings);
        // The people speak with the local voice only: nothing of the lab goes out.
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        await using var lab = new LabNode(options,
            Voices.Create(settings, new PromptEncoder(), egress, library: null, TimeProvider.System, loggers).Prompts, loggers);
        await lab.StartAsync(stop);
        foreach (var (name, address) in lab.Carriers) await Console.Out.WriteLineAsync($"{LabRole.CarrierPrefix}{name} {address}");
        await Console.Out.WriteLineAsync($"{LabRole.ReadyPrefix}{lab.Sip}{LabRole.TlsInfix}{lab.SecureSip}");
        await ChildProgram.ParentGoneAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }
}
