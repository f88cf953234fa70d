using System.Diagnostics.Metrics;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>Texts that a carrier brings.</summary>
public sealed class TextArrivalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task A_text_that_comes_is_the_accounts_before_the_centre_is_told(Product product)
    {
        await using var rig = await CarrierRig.OpenAsync(product);
        await rig.WhenAsync(bind => bind.IsBound);
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words("Yes")));
        var come = Assert.Single(await rig.ReceivedAsync());
        Assert.Equal((CarrierRig.Person, CarrierRig.Own, "Yes", TextState.Received), (come.From, come.To, come.Words, come.State));
        Assert.Equal("Received:Received", await rig.ToldAsync(come.Id));
        // Written twice, they are two.
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words("Yes")));
        Assert.Equal(2, (await rig.ReceivedAsync()).Count);
    }

    [Fact]
    public async Task Whoever_wants_no_more_gets_the_confirmation_by_the_carrier_and_nothing_else()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        await rig.Centre.BringAsync(CarrierRig.Words("STOP"));
        await Eventually.TrueAsync(() => rig.Centre.Submitted is [{ } only] && only.To.Party == CarrierRig.Person, "it is confirmed");
        Assert.Equal(1, await rig.CountAsync("rw_text_block"));
        // A name would not get it, and a short code is a program.
        await rig.Centre.BringAsync(CarrierRig.Words("HELP", "Bank"));
        await rig.Centre.BringAsync(CarrierRig.Words("HELP", "12345"));
        Assert.Equal(1, await rig.CountAsync("rw_text where direction = 'outbound'"));
        Assert.Equal([CarrierRig.Person, "12345", "Bank"],
            (await rig.ReceivedAsync()).Select(text => text.From).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(CarrierRig.Person, "+15550239999", (byte)0, SmppStatus.BadDestination)]
    [InlineData(CarrierRig.Own, CarrierRig.Own, (byte)0, SmppStatus.BadSource)]            // nobody speaks for an account
    [InlineData("", CarrierRig.Own, (byte)0, SmppStatus.BadSource)]
    [InlineData(CarrierRig.Person, CarrierRig.Own, (byte)4, SmppStatus.PermanentAppError)] // no text
    public async Task What_cannot_be_taken_is_refused(string from, string to, byte coding, uint status)
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        Assert.Equal(status, await rig.Centre.BringAsync(CarrierRig.Words("Hello", from, to) with { DataCoding = coding }));
        Assert.Equal(0, await rig.CountAsync("rw_text"));
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words("Hello")));
    }

    [Fact]
    public async Task A_short_code_gets_texts_and_nobody_else_speaks_for_it()
    {
        const string code = "70123";
        await using var rig = await CarrierRig.OpenAsync();
        var given = await rig.Test.Database.ShortCodes.AddAsync(rig.Tenant, code, "US", added => Note(added), Stop);
        await rig.WhenAsync(bind => bind.IsBound);
        // Nobody gets it while it is on no profile.
        Assert.Equal(SmppStatus.BadDestination, await rig.Centre.BringAsync(CarrierRig.Words("Yes", to: code)));
        await rig.Test.Database.ShortCodes.PutAsync(rig.Tenant, given!.Id, CarrierRig.Profile, (_, after) => Note(after), Stop);
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words("STOP", to: code)));
        var come = Assert.Single(await rig.ReceivedAsync());
        Assert.Equal((CarrierRig.Person, code), (come.From, come.To));
        await Eventually.TrueAsync(() => rig.Centre.Submitted is [{ } only] && only.From == SmppAddress.Of(code), "the code confirms it");
        Assert.Equal(SmppStatus.BadSource, await rig.Centre.BringAsync(CarrierRig.Words("Hello", from: code)));
    }

    /// <summary>Who gets a text pays for its parts: nobody is made to pay for what no text can be.</summary>
    [Fact]
    public async Task What_is_too_long_is_refused()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var endless = CarrierRig.Words(new string('a', 60_000));
        Assert.Equal(SmppStatus.BadMessageLength, await rig.Centre.BringAsync(endless));
        byte[] part = [5, 0, 3, 7, 2, 1, .. new byte[300]];
        Assert.Equal(SmppStatus.BadMessageLength,
            await rig.Centre.BringAsync(CarrierRig.Words("") with { EsmClass = SmppEsm.Header, Text = part }));
        Assert.Equal((0L, 0L), (await rig.CountAsync("rw_text"), await rig.CountAsync("rw_text_fragment")));
        // Long is not too long.
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words(new string('a', 1_000))));
        Assert.Equal(7, Assert.Single(await rig.ReceivedAsync()).Parts);
    }

    [Fact]
    public async Task Parts_are_one_text_in_whichever_order_they_come()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        string words = new string('a', 150) + "\U0001F600" + new string('ж', 150);
        var parts = SmppText.Write(words, SmppAlphabet.Gsm7, SmppJoining.Header, 7)
            .Select(part => part with { From = SmppAddress.Of(CarrierRig.Person), To = SmppAddress.Of(CarrierRig.Own) }).ToList();
        foreach (int i in (int[])[4, 0, 0, 2, 3])
        {
            Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(parts[i]));
            Assert.Empty(await rig.ReceivedAsync());
        }
        await rig.Centre.BringAsync(parts[1]);
        var come = Assert.Single(await rig.ReceivedAsync());
        Assert.Equal((words, 5, TextEncoding.Ucs2), (come.Words, come.Parts, come.Encoding));
        Assert.Equal(0, await rig.CountAsync("rw_text_fragment"));
    }

    [Fact]
    public async Task A_text_whose_part_never_comes_is_told_as_it_is()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var parts = SmppText.Write(new string('a', 153) + new string('b', 153) + "c", SmppAlphabet.Gsm7, SmppJoining.Parameters, 7)
            .Select(part => part with { From = SmppAddress.Of(CarrierRig.Person), To = SmppAddress.Of(CarrierRig.Own) }).ToList();
        await rig.Centre.BringAsync(parts[2]);
        await rig.Centre.BringAsync(parts[0]);
        var come = await Eventually.SomeAsync(async () =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(30));
            return (await rig.ReceivedAsync()).SingleOrDefault();
        }, "it is told");
        Assert.Equal((new string('a', 153) + "c", 2, TextFault.BadBody), (come.Words, come.Parts, come.Fault));
    }

    /// <summary>The centre was told that the part is here, so nobody else would ever say that the text has come to nothing.</summary>
    [Fact]
    public async Task Parts_whose_number_takes_texts_no_more_are_counted_and_logged()
    {
        const string code = "70124", name = "counts what is refused";
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "ringwright.texts.refused") to.EnableMeasurementEvents(instrument);
        };
        // Other tests count too: no carrier of theirs has this name.
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var tag in tags)
                if (tag is { Key: "carrier", Value: name }) Interlocked.Add(ref counted, value);
        });
        listener.Start();
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Name = name });
        var given = await rig.Test.Database.ShortCodes.AddAsync(rig.Tenant, code, "US", added => Note(added), Stop);
        await rig.WhenAsync(bind => bind.IsBound);
        Assert.Equal(SmppStatus.BadDestination, await rig.Centre.BringAsync(CarrierRig.Words("Yes", to: code)));
        Assert.Equal(1, Interlocked.Read(ref counted));

        await rig.Test.Database.ShortCodes.PutAsync(rig.Tenant, given!.Id, CarrierRig.Profile, (_, after) => Note(after), Stop);
        var parts = SmppText.Write(new string('a', 200), SmppAlphabet.Gsm7, SmppJoining.Header, 7)
            .Select(part => part with { From = SmppAddress.Of(CarrierRig.Person), To = SmppAddress.Of(code) }).ToList();
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(parts[0]));
        await rig.Test.Database.ShortCodes.PutAsync(rig.Tenant, given.Id, profile: null, (_, after) => Note(after), Stop);
        string told = await Eventually.SomeAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(30));
            return new ValueTask<string?>(rig.Log.Of(2919).FirstOrDefault(line => line.Contains("ceased", StringComparison.Ordinal)));
        }, "it is told");
        Assert.StartsWith($"A text that carrier {name} brings is refused: ", told, StringComparison.Ordinal);
        Assert.Equal((2L, 0L), (Interlocked.Read(ref counted), await rig.CountAsync("rw_text_fragment")));
        Assert.Empty(await rig.ReceivedAsync());
    }

    /// <summary>The bind broke before the centre heard that its text is here: it brings it once more.</summary>
    [Fact, Failure("text-carrier-breaks")]
    public async Task A_text_that_is_brought_again_after_a_break_is_one()
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        await rig.Centre.BringAsync(CarrierRig.Words("first"));
        await rig.Centre.BringAsync(CarrierRig.Words("last"));
        rig.Centre.Break();
        await rig.PassAsync(() => rig.Centre.Binds == 2 && rig.Bind is { IsBound: true });
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words("last")));
        Assert.Equal(2, (await rig.ReceivedAsync()).Count);
        // Once: what comes again after that is another text, and so is what the centre had gone on from.
        await rig.Centre.BringAsync(CarrierRig.Words("last"));
        await rig.Centre.BringAsync(CarrierRig.Words("first"));
        Assert.Equal(4, (await rig.ReceivedAsync()).Count);
    }

    private static AuditNote Note(ShortCode code) => new()
    {
        Tenant = code.Tenant, At = code.CreatedAt, By = AuditActor.Operator, Change = "created", RecordType = "short_code",
        ResourceId = $"{code.Id}",
    };
}
