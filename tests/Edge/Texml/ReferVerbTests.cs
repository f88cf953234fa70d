using Ringwright.Calls;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Refer: what the far end is asked for, and what action hears of it.</summary>
public sealed class ReferVerbTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    /// <summary>As the guides to both languages list them.</summary>
    [Theory]
    [InlineData(true, 200, "in-progress", "202", "200"), InlineData(true, 486, "busy", "202", "486")]
    [InlineData(true, 404, "failed", "202", "404"), InlineData(true, 487, "canceled", "202", "487")]
    [InlineData(false, 405, "failed", "405", null)]
    public async Task Action_hears_what_was_answered_and_what_came_of_it(bool isTaken, int status, string word, string answer, string? news)
    {
        foreach (string target in (string[])["", TwimlLanguage.Target])
        {
            var call = new ScriptedCall
            {
                TakesRefer = isTaken, ReferStatus = status, Application = new(ApplicationKind.Document, target),
            };
            var step = await rig.RunAsync(
                "<Response><Refer action=\"/handleRefer\"><Sip>sip:alice@example.com</Sip></Refer></Response>", call);
            var go = Assert.IsType<Step.Go>(step);
            // Whoever got through hangs up on us at once.
            Assert.True(go.OutlivesCall);
            Assert.Equal((word, answer, news),
                (Find("ReferCallStatus"), Find("ReferSipResponseCode"), Find("NotifySipResponseCode")));
            Assert.Empty(call.Warnings);

            string? Find(string name) => go.More.Where(field => field.Key == name).Select(field => field.Value).FirstOrDefault();
        }
    }

    [Theory]
    [InlineData("sip:alice@example.com", "sip:alice@example.com", 0)]
    [InlineData("sip:alice@example.com?X-AcctNumber=123456&amp;X-ReasonForCalling=billing-question",
        "sip:alice@example.com?X-AcctNumber=123456&X-ReasonForCalling=billing-question", 0)]
    [InlineData("sip:alice@example.com?User-to-User=123456789%3Bencoding%3Dhex",
        "sip:alice@example.com?User-to-User=123456789%3Bencoding%3Dhex", 0)]
    [InlineData("sip:alice@example.com?Replaces=1&amp;X-One=a b", "sip:alice@example.com?X-One=a%20b", 1)]
    [InlineData("sip:alice@example.com?From=%3Csip:b@c%3E", "sip:alice@example.com", 1)]
    [InlineData("sip:alice@example.com?X-One=a%0d%0aX-Two:b", "sip:alice@example.com", 1)]
    public async Task Headers_for_whoever_is_called_stay_in_the_URI(string written, string asked, int warnings)
    {
        var call = await rig.RunAsync($"<Response><Refer><Sip>{written}</Sip></Refer></Response>");
        Assert.Equal(asked, Assert.Single(call.Commands.OfType<LegCommand.Refer>()).To);
        Assert.Equal(warnings, call.Warnings.Count);
    }

    [Theory, InlineData(1_000, true), InlineData(1_020, false)]
    public async Task A_URI_that_is_too_long_with_its_headers_is_refused(int length, bool isSent)
    {
        string value = new('a', length);
        var call = await rig.RunAsync(
            $"<Response><Refer><Sip>sip:alice@example.com?X-One={value}&amp;X-Two={value}</Sip></Refer></Response>");
        Assert.Equal(isSent, call.Commands.OfType<LegCommand.Refer>().Any());
        Assert.Equal(isSent, !call.Warnings.Any(warning => warning.StartsWith("Refer was refused", StringComparison.Ordinal)));
    }
}
