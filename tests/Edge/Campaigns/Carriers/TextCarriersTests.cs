using System.Text;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Carriers;
using Ringwright.Edge.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>Texts by an SMPP carrier, out and in, with a centre on a real socket that does what centres do.</summary>
public sealed class TextCarriersTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task A_text_goes_out_and_its_receipt_says_that_it_is_there(Product product)
    {
        await using var rig = await CarrierRig.OpenAsync(product);
        await rig.WhenAsync(bind => bind.IsBound);
        Assert.Equal(new SmppBind("ringwright", "a secret"), rig.Centre.LastBind);
        var id = await rig.SendAsync("Grüße für 5 €");
        await rig.WhenAsync(id, TextState.Sent);
        var sent = Assert.Single(rig.Centre.Submitted);
        Assert.Equal((CarrierRig.Own, CarrierRig.Person, (byte)1, "000000010000000R"),
            (sent.From.Party, sent.To.Party, sent.RegisteredDelivery, sent.Validity));
        Assert.Equal("Grüße für 5 €", SmppText.Read(sent.Text.Span, sent.DataCoding, SmppAlphabet.Gsm7));
        Assert.Equal(1, await rig.PaidAsync());

        var receipt = Centre.ReceiptOf(sent, "1");      // it was answered as 00000001
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(receipt));
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(receipt));
        await rig.WhenAsync(id, TextState.Delivered);
        Assert.Equal("Sent:Sent Finalized:Delivered", await rig.ToldAsync(id));
        Assert.Equal(1, await rig.PaidAsync());
        // Nothing of the password is in the database.
        Assert.DoesNotContain("a secret", string.Concat(await rig.Test.QueryAsync("select password from rw_text_carrier")));
    }

    [Fact]
    public async Task A_long_text_is_parts_and_is_there_when_all_are()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync(new string('a', 200) + "€" + new string('b', 200));
        await rig.WhenAsync(id, TextState.Sent);
        var sent = rig.Centre.Submitted;
        Assert.Equal([1, 2, 3], sent.Select(part => SmppText.PartOf(part)!.Value.Number));
        Assert.Single(sent.Select(part => SmppText.PartOf(part)!.Value.Reference).Distinct());
        Assert.Equal(3, await rig.PaidAsync());
        // By the parameters, and the last one first.
        for (int i = 3; i >= 1; i--)
        {
            Assert.Equal(TextState.Sent, (await rig.WhenAsync(id, _ => true)).State);
            await rig.Centre.BringAsync(new()
            {
                From = sent[i - 1].To, To = sent[i - 1].From, EsmClass = SmppEsm.Receipt,
                Tlvs =
                [
                    new(SmppTlv.ReceiptedMessageId, Encoding.ASCII.GetBytes($"0000000{i}\0")), SmppTlv.Octet(SmppTlv.MessageState, 2),
                ],
            });
        }
        await rig.WhenAsync(id, TextState.Delivered);
        Assert.Equal("Sent:Sent Finalized:Delivered", await rig.ToldAsync(id));
    }

    [Fact]
    public async Task A_text_to_a_short_code_goes_where_the_carrier_takes_its_codes()
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Prefixes = ["+", "code:24"] });
        await rig.WhenAsync(bind => bind.IsBound);
        await rig.WhenAsync(await rig.SendAsync(to: "24680"), TextState.Sent);
        Assert.Equal(SmppAddress.Of("24680"), Assert.Single(rig.Centre.Submitted).To);
        var away = await rig.WhenAsync(await rig.SendAsync(to: "31415"), TextState.SendingFailed);
        Assert.Equal(TextFault.NoRoute, away.Fault);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task How_long_a_text_would_wait_is_what_waits_by_the_carriers_rate(Product product)
    {
        // Nobody is there, so that all of it waits.
        await using var rig = await CarrierRig.OpenAsync(product,
            carrier => carrier with { Port = 1, Rate = 2, Prefixes = ["+49", "code:"] });
        await Eventually.TrueAsync(() => rig.Carriers.WaitOf(CarrierRig.Person) == TimeSpan.Zero, "the carrier is known");
        var now = rig.Clock.GetUtcNow();
        var text = new TextMessage
        {
            Id = Guid.CreateVersion7(now), Tenant = rig.Tenant, Direction = Direction.Outbound, State = TextState.Queued,
            From = CarrierRig.Own, To = CarrierRig.Person, Profile = CarrierRig.Profile, Words = "Hello", Encoding = TextEncoding.Gsm7,
            Parts = 5_000, DueAt = now + TimeSpan.FromHours(1), ReceivedAt = now,
        };
        TextMessage[] all =
        [
            text, text with { Id = Guid.CreateVersion7(now), To = "24680", Parts = 1_000 },
            text with { Id = Guid.CreateVersion7(now), To = "+12125550123" },
        ];
        foreach (var one in all) await rig.Test.Database.Texts.AddAsync(one, default, null, Stop);
        await Eventually.TrueAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Carriers.WaitOf("+4930123456") == TimeSpan.FromSeconds(3_000);
        }, () => $"it waits {rig.Carriers.WaitOf("+4930123456")}");
        Assert.Null(rig.Carriers.WaitOf("+12125550123"));
    }

    [Fact]
    public async Task A_text_that_its_account_wants_in_UCS_2_goes_so()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync(new string('a', 100), isWide: true);
        await rig.WhenAsync(id, TextState.Sent);
        Assert.Equal([SmppText.Ucs2, SmppText.Ucs2], rig.Centre.Submitted.Select(part => part.DataCoding));
        Assert.Equal(2, await rig.PaidAsync());
    }

    [Theory]
    [InlineData("UNDELIV", TextState.DeliveryFailed, TextFault.Undeliverable)]
    [InlineData("REJECTD", TextState.DeliveryFailed, TextFault.Rejected)]
    [InlineData("EXPIRED", TextState.Expired, TextFault.ExpiredAway)]
    [InlineData("UNKNOWN", TextState.DeliveryUnconfirmed, null)]
    public async Task A_receipt_says_what_went_wrong(string word, TextState state, TextFault? fault)
    {
        await using var rig = await CarrierRig.OpenAsync();
        // The receipt is there before the answer, and the centre tells in tens what it answers in sixteens.
        rig.Centre.OnSubmit = async one =>
        {
            _ = rig.Centre.BringAsync(Centre.ReceiptOf(one.Message, "255", word));
            await one.AnswerAsync(SmppStatus.Ok, "00FF");
        };
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        Assert.Equal(fault, (await rig.WhenAsync(id, state)).Fault);
        Assert.Equal($"Sent:Sent Finalized:{state}", await rig.ToldAsync(id));
    }

    [Fact]
    public async Task What_a_carrier_will_never_say_is_not_waited_for()
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { HasReceipts = false });
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, text => text.SentAt is not null);
        Assert.Equal(0, Assert.Single(rig.Centre.Submitted).RegisteredDelivery);
        var over = await rig.PassAsync(id, TimeSpan.FromSeconds(1), text => text.IsOver);
        Assert.Equal((TextState.DeliveryUnconfirmed, TextFault.Unconfirmed), (over.State, over.Fault));
        Assert.True(over.CompletedAt - over.SentAt < TimeSpan.FromHours(1), "it is over at once");
        Assert.Equal("Sent:Sent Finalized:DeliveryUnconfirmed", await rig.ToldAsync(id));
        Assert.Equal(1, await rig.PaidAsync());
    }

    [Fact]
    public async Task A_centre_that_cries_for_less_gets_all_once()
    {
        await using var rig = await CarrierRig.OpenAsync();
        int cries = 0;
        var taken = new HashSet<string>();
        rig.Centre.OnSubmit = async one =>
        {
            if (cries++ < 3) await one.AnswerAsync(SmppStatus.Throttled);
            else
            {
                Assert.True(taken.Add(Encoding.ASCII.GetString(one.Message.Text.Span)));
                await one.AnswerAsync(SmppStatus.Ok, rig.Centre.NextId());
            }
        };
        await rig.WhenAsync(bind => bind.IsBound);
        var ids = new List<Guid>();
        for (int i = 0; i < 5; i++) ids.Add(await rig.SendAsync($"text {i}"));
        foreach (var id in ids) await rig.PassAsync(id, TimeSpan.FromMilliseconds(500), text => text.State is TextState.Sent);
        Assert.Equal(5, taken.Count);
        Assert.Equal(5, await rig.PaidAsync());
    }

    [Theory]
    [InlineData(SmppStatus.BadDestination, TextFault.BadRecipient), InlineData(SmppStatus.BadSource, TextFault.BadSender)]
    [InlineData(SmppStatus.BadMessageLength, TextFault.BadBody), InlineData(SmppStatus.RejectedAppError, TextFault.Rejected)]
    [InlineData(0x0400u, TextFault.Undeliverable)]
    public async Task A_refusal_ends_it_and_costs_nothing(uint status, TextFault fault)
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.OnSubmit = one => one.AnswerAsync(status);
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        Assert.Equal(fault, (await rig.WhenAsync(id, TextState.SendingFailed)).Fault);
        Assert.Equal(("Finalized:SendingFailed", 0L), (await rig.ToldAsync(id), await rig.PaidAsync()));
        Assert.Single(rig.Centre.Submitted);
    }

    [Fact]
    public async Task A_refused_part_stops_those_behind_it_and_what_left_is_paid()
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Window = 1 });
        rig.Centre.OnSubmit = one => SmppText.PartOf(one.Message) is { Number: 2 } ? one.AnswerAsync(SmppStatus.BadDestination)
            : one.AnswerAsync(SmppStatus.Ok, rig.Centre.NextId());
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync(new string('a', 400));
        Assert.Equal(TextFault.BadRecipient, (await rig.WhenAsync(id, TextState.SendingFailed)).Fault);
        Assert.Equal(("Finalized:SendingFailed", 1L, 2), (await rig.ToldAsync(id), await rig.PaidAsync(), rig.Centre.Submitted.Count));
        Assert.Equal([TextPartState.Accepted, TextPartState.Rejected, TextPartState.Dropped],
            (await rig.Test.Database.TextParts.ListAsync(rig.Tenant, id, Stop)).Select(part => part.State));
    }

    [Fact]
    public async Task A_centre_that_has_a_fault_of_its_own_is_asked_three_times_more()
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.OnSubmit = one => one.AnswerAsync(SmppStatus.SystemError);
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        var text = await rig.PassAsync(id, TimeSpan.FromSeconds(2), now => now.IsOver);
        Assert.Equal((TextState.SendingFailed, TextFault.Undeliverable, 4), (text.State, text.Fault, rig.Centre.Submitted.Count));
        Assert.InRange(text.CompletedAt!.Value - text.ReceivedAt, TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(10));
    }

    /// <summary>It has forgotten the bind, which is as old as the clock says: it takes texts once it is bound anew.</summary>
    [Fact, Failure("text-carrier-breaks")]
    [Depth("the gate has a centre with a fault of its own, one that is away, and answers that are lost")]
    public async Task A_centre_that_has_forgotten_the_bind_gets_its_text_by_a_new_one()
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.OnSubmit = one => rig.Centre.Binds == 1 ? one.AnswerAsync(SmppStatus.WrongBindState)
            : one.AnswerAsync(SmppStatus.Ok, rig.Centre.NextId());
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        await rig.PassAsync(id, TimeSpan.FromMilliseconds(500), text => text.State is TextState.Sent);
        Assert.True(rig.Centre.Binds > 1);
        Assert.Equal(1, await rig.PaidAsync());
    }

    public static TheoryData<uint> Statuses => Depth.Rows(
        gate: [SmppStatus.BadTlvs],
        deep: [SmppStatus.TlvNotAllowed, SmppStatus.BadTlvLength]);

    [Theory, MemberData(nameof(Statuses))]
    public async Task A_centre_that_takes_no_parameters_gets_none_any_more(uint status)
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.OnSubmit = one => one.Message.Tlvs.Count > 0 ? one.AnswerAsync(status)
            : one.AnswerAsync(SmppStatus.Ok, rig.Centre.NextId());
        await rig.WhenAsync(bind => bind.IsBound);
        await rig.WhenAsync(await rig.SendAsync(), TextState.Sent);
        await rig.WhenAsync(await rig.SendAsync(), TextState.Sent);
        Assert.Equal([1, 0, 0], rig.Centre.Submitted.Select(message => message.Tlvs.Count));
        // Those that say which part of a text it is are not left out.
        await using var parted = await CarrierRig.OpenAsync(configure: carrier => carrier with { Joining = SmppJoining.Parameters });
        parted.Centre.OnSubmit = one => one.AnswerAsync(status);
        await parted.WhenAsync(bind => bind.IsBound);
        var id = await parted.SendAsync(new string('a', 200));
        Assert.Equal(TextFault.BadBody, (await parted.WhenAsync(id, TextState.SendingFailed)).Fault);
    }

    [Theory, InlineData(SmppStatus.SubmitFailed), InlineData(0x0400u), InlineData(0x055Fu), InlineData(SmppStatus.UnknownError)]
    public async Task What_one_carrier_does_not_take_the_next_one_gets(uint status)
    {
        await using var second = new Centre();
        await using var rig = await CarrierRig.OpenAsync(before: async one => await one.AddAsync(
            carrier => carrier with { Priority = 1 }, "second", second));
        rig.Centre.OnSubmit = one => one.AnswerAsync(status);
        await rig.WhenAsync(bind => bind.IsBound);
        await Eventually.TrueAsync(() => second.Binds == 1, "the second is bound");
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        Assert.Equal((1, 1), (rig.Centre.Submitted.Count, second.Submitted.Count));
        Assert.Equal(1, await rig.PaidAsync());
    }

    /// <summary>It would get the parts that were made for another one.</summary>
    [Fact]
    public async Task Who_cuts_a_text_into_fewer_parts_is_not_the_next_one()
    {
        await using var second = new Centre();
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Window = 1 },
            before: async one => await one.AddAsync(
                carrier => carrier with { Priority = 1, Joining = SmppJoining.Whole }, "second", second));
        rig.Centre.OnSubmit = one => one.AnswerAsync(SmppStatus.SubmitFailed);
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync(new string('a', 200));
        Assert.Equal(TextFault.Undeliverable, (await rig.WhenAsync(id, TextState.SendingFailed)).Fault);
        Assert.Empty(second.Submitted);
    }

    [Fact, Failure("text-carrier-breaks")]
    public async Task A_part_without_an_answer_holds_no_carrier_when_its_text_is_over()
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.OnSubmit = one => SmppText.PartOf(one.Message) is { Number: 1 } ? Task.CompletedTask
            : one.AnswerAsync(SmppStatus.BadDestination);
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync(new string('a', 200));
        await rig.WhenAsync(id, TextState.SendingFailed);
        Assert.Equal(WriteOutcome.InUse, await rig.Test.Database.TextCarriers.DeleteAsync(rig.First, Stop));
        rig.Centre.Break();
        await Eventually.SomeAsync(async () =>
            await rig.Test.Database.TextCarriers.DeleteAsync(rig.First, Stop) is WriteOutcome.Done ? "gone" : null, "nobody waits for it");
        Assert.Equal([TextPartState.Closed, TextPartState.Rejected],
            (await rig.Test.Database.TextParts.ListAsync(rig.Tenant, id, Stop)).Select(part => part.State));
    }

    /// <summary>Closed without an answer: nobody knows whether the centre has the text.</summary>
    [Theory, Failure("text-carrier-breaks"), InlineData(TextDoubt.Wait, 1), InlineData(TextDoubt.Resend, 2)]
    public async Task A_text_whose_answer_was_lost_goes_once_more_only_where_the_operator_says_so(TextDoubt doubt, int times)
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { OnUnknown = doubt });
        rig.Centre.OnSubmit = one =>
        {
            rig.Centre.OnSubmit = null;
            rig.Centre.Break();
            return Task.CompletedTask;
        };
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        var end = doubt is TextDoubt.Wait ? TextState.DeliveryUnconfirmed : TextState.Sent;
        var step = doubt is TextDoubt.Wait ? TimeSpan.FromSeconds(15) : TimeSpan.FromMilliseconds(200);
        var text = await rig.PassAsync(id, step, now => now.State == end);
        Assert.Equal(times, rig.Centre.Submitted.Count);
        Assert.Equal(1, await rig.PaidAsync());
        if (doubt is TextDoubt.Resend) return;
        Assert.Equal(TextFault.Unconfirmed, text.Fault);
        Assert.Equal("Finalized:DeliveryUnconfirmed", await rig.ToldAsync(id));
        await rig.PassAsync(() => rig.Bind is { IsBound: true });
        // Late, by what was sent with it: it settles the state, and is not told once more.
        var lost = rig.Centre.Submitted[0];
        await rig.Centre.BringAsync(Centre.ReceiptOf(lost, "77") with { Tlvs = [lost.Find(SmppTlv.UserMessageReference)!.Value] });
        await rig.WhenAsync(id, TextState.Delivered);
        Assert.Equal(("Finalized:DeliveryUnconfirmed", 1L), (await rig.ToldAsync(id), await rig.PaidAsync()));
    }

    /// <summary>What was sent with it names it, or that it is the only one between the two.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_text_that_the_centre_took_without_an_id_has_its_receipt(bool isEchoed)
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.OnSubmit = one => one.AnswerAsync(SmppStatus.Ok);
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        var sent = rig.Centre.Submitted[0];
        await rig.Centre.BringAsync(Centre.ReceiptOf(sent, "77") with
        {
            Tlvs = isEchoed ? [sent.Find(SmppTlv.UserMessageReference)!.Value] : [],
        });
        await rig.WhenAsync(id, TextState.Delivered);
    }

    /// <summary>By the same id written in tens, or without an id of the text.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_receipt_whose_numbers_stand_as_in_the_text_is_found(bool isNamed)
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.OnSubmit = one => isNamed ? one.AnswerAsync(SmppStatus.Ok, "000000ff") : one.AnswerAsync(SmppStatus.Ok);
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        var sent = rig.Centre.Submitted[0];
        Assert.Equal(SmppStatus.Ok,
            await rig.Centre.BringAsync(Centre.ReceiptOf(sent, isNamed ? "255" : "77") with { From = sent.From, To = sent.To }));
        await rig.WhenAsync(id, TextState.Delivered);
    }

    public static TheoryData<Product> DeepOnPostgres => Depth.Rows(gate: [Product.Sqlite], deep: [Product.Postgres]);

    /// <summary>What was given up long ago is not what a receipt that names no text is about.</summary>
    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_text_without_an_id_that_is_long_over_stands_in_no_others_way(Product product)
    {
        await using var rig = await CarrierRig.OpenAsync(product);
        rig.Centre.OnSubmit = one => one.AnswerAsync(SmppStatus.Ok);
        await rig.WhenAsync(bind => bind.IsBound);
        var old = await rig.SendAsync();
        var over = await rig.WhenAsync(old, TextState.Sent) with
        {
            State = TextState.DeliveryUnconfirmed,
            DueAt = null,
            CompletedAt = rig.Clock.GetUtcNow() - TimeSpan.FromDays(2),
        };
        Assert.True(await rig.Test.Database.Texts.MoveAsync(over, TextState.Sent, null, TestContext.Current.CancellationToken));
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        await rig.Centre.BringAsync(Centre.ReceiptOf(rig.Centre.Submitted[1], "77") with { Tlvs = [] });
        await rig.WhenAsync(id, TextState.Delivered);
        await rig.WhenAsync(old, TextState.DeliveryUnconfirmed);
    }

    /// <summary>What a killed process had committed as submitted may have left: the next one does not send it.</summary>
    [Theory, Failure("text-carrier-breaks"), InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task What_a_dead_process_had_on_the_wire_is_in_doubt(Product product)
    {
        Guid claimed = default;
        await using var rig = await CarrierRig.OpenAsync(product, before: async one =>
        {
            var (store, now) = (one.Test.Database, one.Clock.GetUtcNow());
            claimed = await one.SendAsync("on the wire");
            var text = (await store.Texts.FindAsync(one.Tenant, claimed, Stop))!; // just written
            Assert.True(await store.TextParts.TakeAsync(text with { State = TextState.Sending, DueAt = now }, one.First, [7], now, Stop));
            Assert.Single(await store.TextParts.ClaimAsync(one.First, 10, now, TimeSpan.FromMinutes(10), Stop));
        });
        await rig.WhenAsync(bind => bind.IsBound);
        var other = await rig.SendAsync("after it");
        await rig.WhenAsync(other, TextState.Sent);
        Assert.Equal("after it", Encoding.ASCII.GetString(Assert.Single(rig.Centre.Submitted).Text.Span));
        Assert.Equal(TextPartState.InDoubt, (await rig.Test.Database.TextParts.ListAsync(rig.Tenant, claimed, Stop)).Single().State);
        await rig.Centre.BringAsync(Centre.ReceiptOf(CarrierRig.Words("", CarrierRig.Own, CarrierRig.Person), "99"));
        await rig.WhenAsync(claimed, TextState.Delivered);
        Assert.Equal("Sent:Sent Finalized:Delivered", await rig.ToldAsync(claimed));
    }

    [Fact, Failure("text-carrier-breaks")]
    public async Task Texts_wait_for_a_carrier_that_is_away_and_expire()
    {
        await using var rig = await CarrierRig.OpenAsync();
        rig.Centre.BindStatus = SmppStatus.BindFailed;
        await rig.WhenAsync(bind => bind.State is TextBindState.Waiting or TextBindState.Bound);
        rig.Centre.Break();
        await rig.WhenAsync(bind => bind.State is TextBindState.Waiting);
        var id = await rig.SendAsync();
        var text = await rig.PassAsync(id, TimeSpan.FromMinutes(2), now => now.IsOver);
        Assert.Equal((TextState.Expired, TextFault.Expired), (text.State, text.Fault));
        Assert.Empty(rig.Centre.Submitted);
        Assert.Equal(0, await rig.PaidAsync());
    }

    [Fact]
    public async Task A_centre_that_does_not_know_us_is_not_asked_for_ever()
    {
        await using var rig = await CarrierRig.OpenAsync(before: one =>
        {
            one.Centre.BindStatus = SmppStatus.BadPassword;
            return Task.CompletedTask;
        });
        await rig.PassAsync(() => rig.Bind is { State: TextBindState.Halted });
        Assert.Equal("it refused the bind: 0x0E (wrong password)", rig.Bind!.Trouble);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(3, rig.Centre.Binds);
    }

    [Fact]
    public async Task A_receipt_that_a_stranger_typed_is_a_text_of_his()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        string typed = "id:00000001 sub:001 dlvrd:000 submit date:2601010000 done date:2601010001 stat:UNDELIV err:001";
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words(typed, from: "+15550109999")));
        Assert.Equal(typed, Assert.Single(await rig.ReceivedAsync()).Words);
        Assert.Equal(TextState.Sent, (await rig.WhenAsync(id, _ => true)).State);
    }

    [Fact, Depth("the gate has receipts that are lost, late, strange and of others")]
    public async Task A_receipt_for_nobody_is_counted_and_told()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var nobodys = Centre.ReceiptOf(CarrierRig.Words("", CarrierRig.Own, CarrierRig.Person), "4711");
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(nobodys));
        Assert.Equal(1, await rig.CountAsync("rw_text_receipt"));
        await Eventually.TrueAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(5));
            return rig.Bind is { Strays: 1 };
        }, "it was told");
        Assert.Equal(0, await rig.CountAsync("rw_text_receipt"));
        Assert.Empty(await rig.ReceivedAsync());
    }

    [Fact]
    public async Task A_carrier_that_is_changed_is_bound_anew_and_one_that_is_switched_off_leaves()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var carrier = (await rig.Test.Database.TextCarriers.FindAsync(rig.First, Stop))!.Value;
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await rig.Test.Database.TextCarriers.UpdateAsync(carrier with { SystemId = "other" }, Stop);
        await Eventually.TrueAsync(() => rig.Centre.LastBind is { SystemId: "other" }, "it is bound anew");
        await rig.WhenAsync(bind => bind.IsBound);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await rig.Test.Database.TextCarriers.UpdateAsync(carrier with { IsEnabled = false }, Stop);
        await Eventually.TrueAsync(() => rig.Bind is null, "it has left");
        var id = await rig.SendAsync();
        Assert.Equal(TextFault.NoRoute, (await rig.WhenAsync(id, TextState.SendingFailed)).Fault);
    }
}
