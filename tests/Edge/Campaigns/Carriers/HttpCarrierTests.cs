using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Carriers;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using static Ringwright.Edge.Campaigns.Carriers.ScriptedWeb;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>Texts by a carrier that is asked by HTTP, out and in.</summary>
public sealed class HttpCarrierTests
{
    private const string Secret = "a long secret";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1);
    private static readonly HttpTextWay Way = new()
    {
        Url = "https://sms.example.com/send", Body = """{"src":"{from}","dst":"{to}","msg":"{text}","key":"{id}"}""",
        Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer {password}" }, IdAt = "/id",
        ReceiptIdAt = "/message", ReceiptStateAt = "/status", ReceiptFromAt = "/src", ReceiptToAt = "/dst",
        TextIdAt = "/mo", TextFromAt = "/from", TextToAt = "/to", TextAt = "/text",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Product> DeepOnPostgres => Depth.Rows(gate: [Product.Sqlite], deep: [Product.Postgres]);

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_text_goes_out_and_its_receipt_says_that_it_is_there(Product product)
    {
        await using var rig = await OpenAsync(product: product);
        // What is said is data, whatever stands in it.
        const string words = "He said \"{password}\",\n5 € \U0001F600";
        var id = await rig.SendAsync(words);
        await rig.WhenAsync(id, TextState.Sent);
        var asked = Assert.Single(rig.Web.Asked);
        Assert.Equal((Way.Url, "application/json"), (asked.Url, asked.ContentType));
        Assert.Equal("Bearer a secret", asked.Headers.Single(header => header.Key == "Authorization").Value);
        var said = JsonNode.Parse(TextOf(asked))!;
        Assert.Equal((CarrierRig.Own, CarrierRig.Person, words, KeyOf(asked)),
            ((string?)said["src"], (string?)said["dst"], (string?)said["msg"], (string?)said["key"]));
        Assert.Equal(1, await rig.PaidAsync());

        Assert.Equal(HttpTextCome.Unknown, await BringAsync(rig, """{"message":"a1","status":"delivered"}""", "another secret"));
        Assert.Equal(HttpTextCome.Refused, await BringAsync(rig, """{"message":"a1"}"""));
        Assert.Equal(TextState.Sent, (await rig.WhenAsync(id, _ => true)).State);
        for (int i = 0; i < 2; i++)
            Assert.Equal(HttpTextCome.Done, await BringAsync(rig, """[{"message":"a1","status":"Delivered"}]"""));
        await rig.WhenAsync(id, TextState.Delivered);
        Assert.Equal("Sent:Sent Finalized:Delivered", await rig.ToldAsync(id));
        Assert.Equal(1, await rig.PaidAsync());
        // Nothing of either secret is in the database.
        string kept = string.Concat(await rig.Test.QueryAsync("select password || cast(http as text) || secret_hash from rw_text_carrier"));
        Assert.DoesNotContain("a secret", kept);
        Assert.DoesNotContain(Secret, kept);
    }

    [Fact]
    public async Task The_carrier_cuts_a_long_text_and_all_of_its_parts_are_paid()
    {
        await using var rig = await OpenAsync();
        // The receipt is there before the answer.
        rig.Web.Answer = async _ =>
        {
            Assert.Equal(HttpTextCome.Done, await BringAsync(rig, """{"message":"a1","status":"failed"}"""));
            return Says(202, """{"id":"a1"}""");
        };
        var id = await rig.SendAsync(new string('a', 400));
        Assert.Equal(TextFault.Undeliverable, (await rig.WhenAsync(id, TextState.DeliveryFailed)).Fault);
        Assert.Single(rig.Web.Asked);
        Assert.Equal(3, await rig.PaidAsync());
        Assert.Equal("Sent:Sent Finalized:DeliveryFailed", await rig.ToldAsync(id));
    }

    [Theory]
    [InlineData(500, "", TextDoubt.Wait), InlineData(408, "", TextDoubt.Wait), InlineData(0, "", TextDoubt.Wait)]
    // It took the request and says nothing that can be read: not even who prefers two to none gets another.
    [InlineData(200, "<html>", TextDoubt.Resend), InlineData(200, """{"error":"no"}""", TextDoubt.Resend)]
    public async Task Nobody_knows_what_became_of_it_and_it_never_goes_again(int status, string body, TextDoubt doubt)
    {
        await using var rig = await OpenAsync(carrier => carrier with { OnUnknown = doubt });
        rig.Web.Answer = _ => Task.FromResult(status == 0 ? Fails(hasLeft: true) : Says(status, body));
        var id = await rig.SendAsync();
        var over = await rig.PassAsync(id, Minute, text => text.IsOver);
        Assert.Equal((TextState.DeliveryUnconfirmed, TextFault.Unconfirmed), (over.State, over.Fault));
        Assert.Single(rig.Web.Asked);
        Assert.Equal(1, await rig.PaidAsync());
    }

    [Fact]
    public async Task A_receipt_that_names_the_two_numbers_settles_the_one_whose_answer_was_lost()
    {
        await using var rig = await OpenAsync();
        rig.Web.Answer = _ => Task.FromResult(Fails(hasLeft: true));
        var id = await rig.SendAsync();
        await Eventually.TrueAsync(() => rig.Web.Asked.Count == 1 && rig.Bind is { UnderWay: 0, State: TextBindState.Waiting },
            () => $"it is {rig.Bind}");
        string receipt = $$"""{"message":"z9","status":"delivered","src":"{{CarrierRig.Own[1..]}}","dst":"{{CarrierRig.Person}}"}""";
        Assert.Equal(HttpTextCome.Done, await BringAsync(rig, receipt));
        await rig.WhenAsync(id, TextState.Delivered);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_did_not_leave_or_may_come_twice_goes_again_under_the_same_key(bool hasLeft)
    {
        await using var rig = await OpenAsync(carrier => carrier with { OnUnknown = TextDoubt.Resend });
        rig.Web.Answer = _ => Task.FromResult(rig.Web.Asked.Count == 1 ? Fails(hasLeft) : Says(200, """{"id":"a1"}"""));
        var id = await rig.SendAsync();
        await rig.WhenAsync(bind => bind is { State: TextBindState.Waiting, Trouble: "nobody is there" });
        await rig.PassAsync(id, Second, text => text.State is TextState.Sent);
        Assert.Equal(2, rig.Web.Asked.Count);
        Assert.Single(rig.Web.Asked.Select(KeyOf).Distinct());
        await rig.WhenAsync(bind => bind is { State: TextBindState.Bound, Trouble: null });
    }

    [Fact]
    public async Task Who_cries_for_less_is_waited_for_as_long_as_he_asks()
    {
        await using var rig = await OpenAsync();
        rig.Web.Answer = _ =>
            Task.FromResult(rig.Web.Asked.Count == 1 ? Says(429, "", TimeSpan.FromSeconds(40)) : Says(200, """{"id":"a1"}"""));
        var begun = rig.Clock.GetUtcNow();
        var id = await rig.SendAsync();
        await rig.WhenAsync(bind => bind is { State: TextBindState.Paused, Trouble: null });
        var sent = await rig.PassAsync(id, TimeSpan.FromSeconds(5), text => text.State is TextState.Sent);
        Assert.InRange(sent.SentAt!.Value - begun, TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(400, TextFault.Rejected, "http 400"), InlineData(413, TextFault.BadBody, "http 413")]
    public async Task What_the_carrier_does_not_take_ends_and_costs_nothing(int status, TextFault fault, string error)
    {
        await using var rig = await OpenAsync();
        rig.Web.Answer = _ => Task.FromResult(Says(status));
        var id = await rig.SendAsync();
        Assert.Equal(fault, (await rig.WhenAsync(id, TextState.SendingFailed)).Fault);
        Assert.Equal([error], await rig.Test.QueryAsync("select error from rw_text_part"));
        Assert.Equal(0, await rig.PaidAsync());
    }

    [Fact]
    public async Task A_wrong_key_of_ours_is_no_fault_of_the_text()
    {
        await using var rig = await OpenAsync();
        rig.Web.Answer = _ => Task.FromResult(rig.Web.Asked.Count == 1 ? Says(401) : Says(200, """{"id":"a1"}"""));
        var id = await rig.SendAsync();
        await rig.WhenAsync(bind => bind is { State: TextBindState.Waiting, Trouble: "it answers http 401" });
        await rig.PassAsync(id, TimeSpan.FromSeconds(5), text => text.State is TextState.Sent);
        Assert.Equal(2, rig.Web.Asked.Count);
    }

    [Fact]
    public async Task Texts_between_two_numbers_keep_their_order_and_others_do_not_wait()
    {
        await using var rig = await OpenAsync();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Web.Answer = async ask =>
        {
            if (TextOf(ask).Contains("one", StringComparison.Ordinal)) await first.Task;
            return Says(200, $$"""{"id":"{{KeyOf(ask)}}"}""");
        };
        await rig.SendAsync("one");
        await Eventually.TrueAsync(() => rig.Web.Asked.Count == 1, "the first is asked");
        var second = await rig.SendAsync("two");
        var other = await rig.SendAsync("three", "+4915550002");
        await rig.WhenAsync(other, TextState.Sent);
        Assert.DoesNotContain(rig.Web.Asked, ask => TextOf(ask).Contains("two", StringComparison.Ordinal));
        first.SetResult();
        await rig.WhenAsync(second, TextState.Sent);
        Assert.Equal(3, rig.Web.Asked.Count);
    }

    [Fact]
    public async Task What_has_not_left_when_its_carrier_is_changed_goes_by_the_new_way()
    {
        await using var rig = await OpenAsync();
        var never = new TaskCompletionSource();
        rig.Web.Answer = async ask =>
        {
            if (TextOf(ask).Contains("one", StringComparison.Ordinal)) await never.Task;
            return Says(200, """{"id":"a2"}""");
        };
        await rig.SendAsync("one");
        await Eventually.TrueAsync(() => rig.Web.Asked.Count == 1, "the first is asked");
        var behind = await rig.SendAsync("two");
        await rig.WhenAsync(bind => bind.UnderWay == 2);
        rig.Clock.Advance(Second);
        var carriers = rig.Test.Database.TextCarriers;
        await carriers.UpdateAsync((await carriers.FindAsync(rig.First, Stop))!.Value with { Window = 5 }, Stop);
        await rig.PassAsync(behind, Second, text => text.State is TextState.Sent);
        Assert.Equal(2, rig.Web.Asked.Count);
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task A_text_that_comes_is_one_however_often_it_is_sent(Product product)
    {
        await using var rig = await OpenAsync(product: product);
        string text = $$"""{"mo":"m1","from":"{{CarrierRig.Person[1..]}}","to":"{{CarrierRig.Own}}","text":"Yes"}""";
        for (int i = 0; i < 2; i++) Assert.Equal(HttpTextCome.Done, await BringAsync(rig, text));
        var come = Assert.Single(await rig.ReceivedAsync());
        Assert.Equal((CarrierRig.Person, CarrierRig.Own, "Yes"), (come.From, come.To, come.Words));
        Assert.Equal("Received:Received", await rig.ToldAsync(come.Id));
        // Written twice, they are two.
        Assert.Equal(HttpTextCome.Done, await BringAsync(rig, text.Replace("m1", "m2", StringComparison.Ordinal)));
        Assert.Equal(2, (await rig.ReceivedAsync()).Count);
        Assert.Equal(HttpTextCome.Refused,
            await BringAsync(rig, $$"""{"mo":"m3","from":"{{CarrierRig.Own}}","to":"{{CarrierRig.Own}}","text":"Yes"}"""));
        Assert.Equal(HttpTextCome.Refused, await BringAsync(rig, """{"mo":"m4","from":"+4915550009","to":"+15559990000","text":"Yes"}"""));
        Assert.Equal(2, (await rig.ReceivedAsync()).Count);
    }

    [Fact]
    public async Task Whoever_is_switched_off_keeps_what_he_has()
    {
        await using var rig = await OpenAsync(carrier => carrier with { IsEnabled = false }, isOn: false);
        Assert.Equal(HttpTextCome.Later, await BringAsync(rig, """{"message":"a1","status":"delivered"}"""));
        Assert.Equal(HttpTextCome.Unknown, await BringAsync(rig, """{"message":"a1","status":"delivered"}""", "another"));
        // Nothing is read of what a stranger sends.
        foreach (var whose in new[] { rig.First, Guid.NewGuid() })
            Assert.Equal(HttpTextCome.Unknown,
                await rig.Carriers.TakeAsync(whose, "another", () => throw new UnreachableException(), Stop));
    }

    [Fact]
    public async Task What_is_not_taken_has_a_line_a_minute_in_the_log_however_often_it_comes()
    {
        const int wrongSecret = 2925, refused = 2919;
        await using var rig = await OpenAsync();
        await BringAllAsync(3);
        Assert.EndsWith("; 1 such since the last such line", Assert.Single(rig.Log.Of(wrongSecret)), StringComparison.Ordinal);
        Assert.Single(rig.Log.Of(refused));
        rig.Clock.Advance(TimeSpan.FromSeconds(61));
        await BringAllAsync(1);
        Assert.Equal(2, rig.Log.Of(wrongSecret).Count());
        Assert.EndsWith("or more than a thousand at once; 3 such of it since the last such line", rig.Log.Of(refused).Last(),
            StringComparison.Ordinal);
        // A stranger who names no carrier fills nothing.
        Assert.Equal(HttpTextCome.Unknown,
            await rig.Carriers.TakeAsync(Guid.NewGuid(), Secret, () => throw new UnreachableException(), Stop));
        Assert.Equal(2, rig.Log.Of(wrongSecret).Count());

        async Task BringAllAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                Assert.Equal(HttpTextCome.Unknown, await BringAsync(rig, "{}", "another"));
                Assert.Equal(HttpTextCome.Refused, await BringAsync(rig, """{"message":"a1"}"""));
            }
        }
    }

    private static async Task<CarrierRig> OpenAsync(Func<TextCarrier, TextCarrier>? configure = null, Product product = Product.Sqlite,
        bool isOn = true)
    {
        var rig = await CarrierRig.OpenAsync(product, carrier =>
        {
            var http = carrier with { Http = Way, SecretHash = TextCarrier.HashOf(Secret) };
            return configure is null ? http : configure(http);
        });
        if (isOn) await rig.WhenAsync(bind => bind.IsBound);
        return rig;
    }

    private static async Task<HttpTextCome> BringAsync(CarrierRig rig, string sent, string secret = Secret) =>
        await rig.Carriers.TakeAsync(rig.First, secret, () => new(JsonNode.Parse(sent)), Stop);
}
