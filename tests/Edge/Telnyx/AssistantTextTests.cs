using Ringwright.Admission;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Assistants;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>What an assistant sends to whom it talks with follows the rules that hold for all messages of the account.</summary>
public sealed class AssistantTextTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);
    private readonly AssistantTexts _sender = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_goes_from_the_accounts_number_in_the_call_to_the_other_end_as_any_message_of_the_account()
    {
        Open();
        var (own, person) = await PartiesAsync();
        Assert.Null(await SendAsync(own, person, "Your table is booked."));
        Assert.Null(await SendAsync(own, person, "Until tonight.", Direction.Outbound));
        foreach (string words in new[] { "Your table is booked.", "Until tonight." })
        {
            var sent = await Eventually.SomeAsync(async () => (await ListAsync(own)).FirstOrDefault(text =>
                text.Words == words && text.State is TextState.Delivered), words);
            Assert.Equal((own, person), (sent.From, sent.To));
        }
        Assert.Contains(await _texts.ToldAsync(), told => told.Type == "message.finalized"
            && (string?)told.Payload["text"] == "Until tonight." && told.Url == Texting.Hook);
    }

    [Fact]
    public async Task The_list_of_those_who_want_none_and_the_operators_words_hold_for_it()
    {
        Open();
        var (own, person) = await PartiesAsync();
        await _texts.SentAsync(person, own, "STOP", isStrangers: true);
        Assert.Equal("The recipient has asked for no more messages of this profile.", await SendAsync(own, person, "Your table."));
        var made = await host.SendAsync("POST", "/operator/v1/content_rules", """{"phrase":"free casino"}""", TelnyxHost.OperatorKey);
        Assert.True(made.Status == 201, made.Text);
        Assert.Contains("no message with such words", await SendAsync(own, (await PartiesAsync()).Person, "A free casino"),
            StringComparison.Ordinal);
        Assert.DoesNotContain(await ListAsync(own), text => text.Direction is Direction.Outbound && !text.IsAutomatic);
    }

    [Fact]
    public async Task Where_none_can_go_it_says_why()
    {
        var (own, person) = await PartiesAsync();
        Assert.StartsWith("The node has only begun", await SendAsync(own, person, "Hi."), StringComparison.Ordinal);
        Open();
        Assert.Contains("no messaging profile", await SendAsync(await _texts.NumberAsync(null), person, "Hi."), StringComparison.Ordinal);
        // Another account's number is none of this one's.
        Assert.Contains("no messaging profile", await SendAsync(person, own, "Hi."), StringComparison.Ordinal);
        foreach (string nobody in new[] { "anonymous", "sip:ada@example.com", own })
            Assert.StartsWith("The other end", await SendAsync(own, nobody, "Hi."), StringComparison.Ordinal);
        string off = await _texts.NumberAsync(await _texts.ProfileAsync(",\"enabled\":false"));
        Assert.Contains("switched off", await SendAsync(off, person, "Hi."), StringComparison.Ordinal);
        Assert.NotNull(await SendAsync(own, person, ""));
        Assert.Contains("parts", await SendAsync(own, person, new string('x', 2_000)), StringComparison.Ordinal);
        Assert.Empty(await ListAsync(own));
    }

    /// <summary>Who calls says himself which number he has: nobody is to have texts paid to one that is his.</summary>
    [Theory]
    [InlineData("+19005550100", "Premium-rate"), InlineData("+881612345678", "Premium-rate"), InlineData("+493012345678", "Calls to DE")]
    public async Task None_goes_to_a_number_that_nobody_may_call(string caller, string why)
    {
        var plans = NumberingPlans.Load();
        Open(new DialGate(host.Store.Routing, plans, EmergencyNumbers.Load(plans), new() { AllowedCountries = ["US"] }, host.Time));
        string own = await _texts.NumberAsync(await _texts.ProfileAsync());
        Assert.StartsWith(why, await SendAsync(own, caller, "Your table is booked."), StringComparison.Ordinal);
        Assert.StartsWith(why, await SendAsync(own, caller, "Until tonight.", Direction.Outbound), StringComparison.Ordinal);
        Assert.Empty(await ListAsync(own));
    }

    [Fact]
    public async Task None_goes_to_a_number_without_a_price_where_money_is_limited()
    {
        var plans = NumberingPlans.Load();
        Open(new DialGate(host.Store.Routing, plans, EmergencyNumbers.Load(plans), new(), host.Time));
        var (own, person) = await PartiesAsync();
        await LimitAsync(0);
        try
        {
            Assert.Contains("needs one for sms:+49,", await SendAsync(own, "+493012345678", "Your table is booked."),
                StringComparison.Ordinal);
            Assert.Empty(await ListAsync(own));
            Assert.Null(await SendAsync(own, person, "Here nobody is paid."));
        }
        finally
        {
            await LimitAsync(null);
        }
        Assert.Null(await SendAsync(own, "+493012345678", "Your table is booked."));
    }

    private async Task LimitAsync(long? credit) => await host.Store.MoneyAccounts.ChangeAsync(host.Tenant,
        account => account with { CreditLimitMicros = credit }, AuditActor.Operator, Stop);

    private void Open(IDialGate? gate = null) => _sender.Open(new()
    {
        Store = host.Store, Egress = new(new() { IsLoopbackAllowed = false }, host.Time), Plans = NumberingPlans.Load(), Gate = gate,
        Links = new(host.Store.Node, new(new Uri("https://calls.example.com/"))),
    });

    private async Task<(string Own, string Person)> PartiesAsync() => (await _texts.NumberAsync(await _texts.ProfileAsync()),
        await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true));

    private Task<string?> SendAsync(string own, string person, string words, Direction direction = Direction.Inbound)
    {
        var leg = new Script(host.Tenant, direction: direction).Facts;
        leg = direction is Direction.Inbound ? leg with { From = person, To = own } : leg with { From = own, To = person };
        return _sender.SendAsync(leg, words, Stop).AsTask();
    }

    private async Task<IReadOnlyList<TextMessage>> ListAsync(string number) =>
        [.. (await host.Store.Texts.ListAsync(host.Tenant, new() { From = number, Limit = 100 }, Stop)).Rows];
}
