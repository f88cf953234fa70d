using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>The options of <c>trunk add</c> about how many calls it gets, and what is done when it fails.</summary>
internal sealed class TrunkLimitOptions
{
    private readonly Option<int?> _channels = new("--channels") { Description = "calls at a time, both ways together" };
    private readonly Option<int?> _inboundChannels = new("--inbound-channels") { Description = "of these, calls that it brings" };
    private readonly Option<int?> _rate = new("--calls-per-second") { Description = "calls that it gets within any one second" };
    private readonly Option<int?> _inboundRate =
        new("--inbound-calls-per-second") { Description = "calls that it brings within any one second; a further one gets 503" };
    private readonly Option<int?> _probe = new("--probe")
    {
        Description = "seconds between two OPTIONS that ask whether it is there (60); 0 asks never", HelpName = "SECONDS"
    };
    private readonly Option<string> _next = new("--next-trunk-on")
    {
        Description =
            "answers that lead a call on to the next trunk, for example 408,480,5xx (5xx, as it is without this); silence always does",
        HelpName = "STATUS,..."
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_channels, _inboundChannels, _rate, _inboundRate, _probe, _next]) command.Options.Add(option);
    }

    public void Fill(ParseResult parsed, JsonObject body)
    {
        if (parsed.GetValue(_channels) is { } channels) body["channel_limit"] = channels;
        if (parsed.GetValue(_inboundChannels) is { } inbound) body["inbound_channel_limit"] = inbound;
        if (parsed.GetValue(_rate) is { } rate) body["calls_per_second"] = rate;
        if (parsed.GetValue(_inboundRate) is { } inboundRate) body["inbound_calls_per_second"] = inboundRate;
        if (parsed.GetValue(_probe) is { } seconds) body["probe_seconds"] = seconds;
        if (parsed.GetValue(_next) is not { } answers) return;
        string[] list = answers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        body["next_trunk_on"] = new JsonArray([.. list.Select(answer => (JsonNode)answer)]);
    }
}
