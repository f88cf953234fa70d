using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Three softphones that are not ours in one conference: two call in, one is dialled for it. Whom each hears is measured in what it
/// decoded itself.
/// </summary>
public sealed class SoftphoneRoomTests(RunningNode node) : CallCase(node)
{
    private const int One = 440, Two = 700, Three = 1_000;

    [Theory]
    [InlineData("pcmu", "pcma", "pcmu")]
    [InlineData("pcmu", "g722/16000", "opus/48000/2")]
    public async Task Each_hears_the_two_others_and_not_itself(string first, string second, string third)
    {
        var customer = await CustomerAsync();
        string door = $"sip:{customer.Number}@127.0.0.1:{Node.SipPort}";
        await using var a = new Baresip(One, $"regint=0;audio_codecs={first}", door);
        var created = await customer.SendAsync(HttpMethod.Post, "conferences",
            new() { ["call_control_id"] = await AnsweredAsync(customer, 1), ["name"] = $"softphones {Guid.NewGuid():N}" });
        string room = (string)created["id"]!;
        await using var b = new Baresip(Two, $"regint=0;audio_codecs={second}", door);
        await customer.SendAsync(HttpMethod.Post, $"conferences/{room}/actions/join",
            new() { ["call_control_id"] = await AnsweredAsync(customer, 2) });
        await using var c = new Baresip(Three, $"regint=0;answermode=auto;audio_codecs={third}");
        await c.SaysAsync("baresip is ready");
        await customer.DialAsync(c.Uri, new()
        {
            ["preferred_codecs"] = Name(third).ToUpperInvariant(),      // nobody gets Opus who does not ask for it
            ["conference_config"] = new JsonObject { ["id"] = room },
        });
        await customer.CountAsync("conference.participant.joined", 3);

        await Task.WhenAll(a.HearsOnlyAsync([Two, Three], One), b.HearsOnlyAsync([One, Three], Two), c.HearsOnlyAsync([One, Two], Three));
        foreach (var (softphone, codec) in new[] { (a, first), (b, second), (c, third) })
            Assert.Contains($"Set audio decoder: {Name(codec)}", softphone.Log, StringComparison.OrdinalIgnoreCase);
        await c.EndAsync();
        await customer.NextAsync("conference.participant.left");
        await Task.WhenAll(a.HearsOnlyAsync([Two], One, Three), b.HearsOnlyAsync([One], Two, Three));
    }

    /// <returns>The call's control id.</returns>
    private static async Task<string?> AnsweredAsync(Customer customer, int nth)
    {
        var call = await customer.NextAsync("call.initiated", nth);
        await customer.ActAsync(call, "answer");
        await customer.NextAsync("call.answered", nth);
        return (string?)call["call_control_id"];
    }

    /// <summary>Of an encoding as SDP writes it.</summary>
    private static string Name(string codec) => codec.Split('/')[0];
}
