using System.Text.RegularExpressions;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Edge.Campaigns.Carriers;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Proving that a number is one's own by the code that a text tells it.</summary>
public sealed class VerifiedNumberTextTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/verified_numbers", Person = "+4915550001";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_tells_a_code_of_which_its_account_learns_nothing()
    {
        await using var centre = new Centre();
        var carrier = Guid.CreateVersion7();
        await host.Store.TextCarriers.InsertAsync(new()
        {
            Id = carrier, Name = "north", Host = "127.0.0.1", Port = centre.Port, SystemId = "ringwright",
            Password = "a secret", Prefixes = ["+49"],
        }, Stop);
        // A text that no carrier takes yet goes nowhere.
        await Eventually.TrueAsync(() => host.Module.TextBinds?.Invoke(carrier) is { IsBound: true }, "the carrier is bound");
        var texts = new Texting(host);
        string from = await texts.NumberAsync(await texts.ProfileAsync());
        // As people type it.
        var asked = await host.SendAsync("POST", Path, """{"phone_number":"+49 1555 00-01","verification_method":"sms"}""");
        Assert.True(asked.Status == 200, asked.Text);
        Assert.Equal((Person, "sms"), ((string?)asked.Body["phone_number"], (string?)asked.Body["verification_method"]));

        await Eventually.TrueAsync(() => centre.Submitted.Count > 0, "the centre has the text");
        var sent = centre.Submitted[0];
        Assert.Equal((from, Person), (sent.From.Party, sent.To.Party));
        string words = SmppText.Read(sent.Text.Span, sent.DataCoding, SmppAlphabet.Gsm7)!, code = Regex.Match(words, "^[0-9]{6}").Value;
        Assert.Equal(6, code.Length);
        // All that becomes of it is written when the centre is told so.
        Assert.Equal(SmppStatus.Ok, await centre.BringAsync(Centre.ReceiptOf(sent, "00000001")));
        foreach (var entry in await host.Store.Outbox.ListPendingAsync(0, 1_000, Stop))
            Assert.DoesNotContain(code, (await host.Store.Outbox.FindAsync(entry.Tenant, entry.Id, Stop))!.Body, StringComparison.Ordinal);
        Assert.Empty(await texts.ToldAsync());

        string path = $"{Path}/{Uri.EscapeDataString(Person)}";
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
        var proved = await host.SendAsync("POST", $"{path}/actions/verify", $$"""{"verification_code":"{{code}}"}""");
        Assert.True(proved.Status == 200, proved.Text);
        Assert.True(host.Store.Routing.Current.IsVerified(host.Tenant, Person));
    }
}
