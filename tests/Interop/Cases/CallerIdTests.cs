using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>Nobody shows a number of another account to a carrier that does not judge, by whatever he sends.</summary>
public sealed class CallerIdTests(RunningNode node) : CallCase(node)
{
    private const string Password = "correct horse";

    /// <summary>A carrier behind a trunk as the operator gets it without asking for more.</summary>
    private Task<(Phone Carrier, string Number)> CarrierAsync() =>
        CarrierAsync(new() { ["sources"] = new JsonArray("127.9.9.8"), ["identity"] = "pai" });

    private static async Task<(string User, string Id)> PhoneAsync(Customer customer)
    {
        string user = $"desk{Guid.NewGuid():N}"[..16],
            profile = (string)(await customer.SendAsync(HttpMethod.Get, "outbound_voice_profiles"))[0]!["id"]!;
        var made = await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = user, ["user_name"] = user,
            ["password"] = Password, ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        });
        return (user, (string)made["id"]!);
    }

    [Fact]
    public async Task A_phone_that_claims_anothers_number_calls_from_its_own()
    {
        var (carrier, number) = await CarrierAsync();
        var thief = await CustomerAsync();
        var victim = await StrangerAsync();
        var (user, connection) = await PhoneAsync(thief);
        await thief.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(thief.Number)}",
            new() { ["connection_id"] = connection });

        using var sipp = Sipp.Run(Node, number, "uac-auth-claims", "-au", user, "-ap", Password, "-key", "caller", user, "-key",
            "claims", victim.Number);
        var ringing = await carrier.RingsAsync();
        Assert.Equal(thief.Number, SipText.UserOf(ringing.Offer.FromUri));
        Assert.Contains(thief.Number, ringing.Offer["P-Asserted-Identity"], StringComparison.Ordinal);
        Assert.Single(ringing.Offer.All("P-Asserted-Identity"));
        Assert.Empty(ringing.Offer.All("Diversion"));
        ringing.Ring();
        await ringing.AcceptAsync();
        await sipp.SucceedsAsync();
    }

    [Fact]
    public async Task The_API_shows_own_numbers_and_who_calls_and_nobody_elses()
    {
        var (carrier, number) = await CarrierAsync();
        var thief = await CustomerAsync();
        var victim = await StrangerAsync();
        var refused = await thief.TryAsync(HttpMethod.Post, "calls", thief.DialBody(number, new() { ["from"] = victim.Number }));
        Assert.Equal((403, "10010"), (refused.Status, refused.Code));
        Assert.Contains("D51", refused.Text, StringComparison.Ordinal);
        // Nobody's number: the carrier is passed over for the lab behind the next route, which lets choose and knows no such person.
        var other = await CustomerAsync();
        await other.DialAsync(number, new() { ["from"] = "+13125550199" });
        Assert.Equal("not_found", (string?)(await other.NextAsync("call.hangup"))["hangup_cause"]);
        Assert.Equal(0, carrier.InviteCount);

        var (call, _) = await AnsweredAsync(thief);
        var stolen = await thief.TryActAsync(call, "transfer", new() { ["to"] = number, ["from"] = victim.Number });
        Assert.Equal((403, "10010"), (stolen.Status, stolen.Code));
        Assert.Equal(0, carrier.InviteCount);
        (await thief.TryActAsync(call, "transfer", new() { ["to"] = number, ["from"] = (string)call["from"]!, ["privacy"] = "id" })).IsOk();
        var ringing = await carrier.RingsAsync();
        Assert.Equal("anonymous", SipText.UserOf(ringing.Offer.FromUri));
        Assert.Contains((string)call["from"]!, ringing.Offer["P-Asserted-Identity"], StringComparison.Ordinal);
        await ringing.RefuseAsync(486);
    }
}
