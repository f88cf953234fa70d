using System.Text.Json.Nodes;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Edge.Telnyx;

/// <summary>How long the end of a machine's greeting is waited for.</summary>
public sealed class GreetingTimeTests
{
    [Theory]
    [InlineData(null, null, 30_000), InlineData(5_000, null, 5_000), InlineData(5_000, 7_000, 7_000), InlineData(null, 7_000, 7_000)]
    public void It_is_what_the_request_says_else_the_operator_else_half_a_minute(int? setting, int? said, int expected)
    {
        var json = new JsonObject { ["answering_machine_detection"] = "greeting_end" };
        if (said is { } millis)
            json["answering_machine_detection_config"] = new JsonObject { ["greeting_total_analysis_time_millis"] = millis };
        // No URL is asked about.
        var body = new VoiceBody(json, null!)
        {
            GreetingAnalysis = setting is { } usual ? TimeSpan.FromMilliseconds(usual) : null,
        };
        Assert.Equal(TimeSpan.FromMilliseconds(expected), MachineDetectionMap.Map(body)!.GreetingTotalAnalysis);
        Assert.Empty(body.Problems);
    }
}
