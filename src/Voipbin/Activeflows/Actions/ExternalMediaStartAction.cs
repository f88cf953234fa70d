using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Sends the call's audio as RTP to an address of the customer's.</summary>
internal sealed class ExternalMediaStartAction : IFlowAction
{
    public string Type => "external_media_start";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Text("external_host", 64).Required, FlowOption.OneOf("encapsulation", "rtp"), FlowOption.OneOf("transport", "udp"),
        FlowOption.OneOf("connection_type", "client"), FlowOption.OneOf("format", "ulaw"),
        FlowOption.OneOf("direction_listen", "in", "out", "both"), FlowOption.Text("transport_data", 0), FlowOption.Text("data", 0),
        // Nothing is taken from there, so that what asks for that is refused.
        FlowOption.Text("direction_speak", 0), FlowOption.OneOf("direction", "send"),
    ];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) => !IPEndPoint.TryParse(options.Text("external_host"), out var host) || host.Port == 0
        ? "external_media_start: external_host is an IP address with a port" : null;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        var host = IPEndPoint.Parse(options.Text("external_host"));     // it was found right
        if (run.Parts.Targets.Check(host, TargetUse.Rtp) is not TargetVerdict.Allowed and var verdict)
            return new FlowStep.Failed($"external_host is refused: {TargetPolicy.Describe(verdict)}");
        // The fork is in the call's codec.
        if (run.Call!.Codec is { } codec && !codec.Equals("PCMU", StringComparison.OrdinalIgnoreCase))
            return new FlowStep.Failed($"the call is in {codec}, and ulaw is not to be had of it");
        string direction = options.Text("direction_listen");
        var terms = new ForkTerms(direction is "out" ? null : host.ToString(), direction is "in" ? null : host.ToString());
        return await run.Call.TrySendAsync(new LegCommand.StartFork(terms)) is { } refused ? new FlowStep.Failed(refused) : FlowStep.Next;
    }
}
