using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>What TwiML says otherwise: names, signatures and attributes.</summary>
public sealed class TwimlTests
{
    [Fact]
    public void A_request_is_signed_as_the_vendors_own_example_is()
    {
        // https://www.twilio.com/docs/usage/security; each of the SDK's versions takes this signature for these.
        KeyValuePair<string, string>[] form =
        [
            new("To", "+18005551212"), new("CallSid", "CA1234567890ABCDE"), new("Digits", "1234"), new("Caller", "+14158675309"),
            new("From", "+14158675309"),
        ];
        const string url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        Assert.Equal("RSOYDt4T1cUTdK1PDd93/VVr8B8=", TwimlSignature.Sign("12345", url, form));
        Assert.NotEqual(TwimlSignature.Sign("12345", url, form), TwimlSignature.Sign("12345", url, form[1..]));
        Assert.NotEqual(TwimlSignature.Sign("12345", url, form), TwimlSignature.Sign("12346", url, form));
    }

    [Theory]
    [InlineData("https://user:pass@example.com/voice?a=1", "https://example.com/voice?a=1")]
    [InlineData("http://user@example.com:8080/a%20b", "http://example.com:8080/a%20b")]
    [InlineData("https://example.com/voice?a=1", "https://example.com/voice?a=1")]
    [InlineData("https://example.com", "https://example.com/")]
    [InlineData("https://example.com/voice?a=1#rc=3&rp=all", "https://example.com/voice?a=1")]
    [InlineData("https://user:pass@example.com/voice#rc=3", "https://example.com/voice")]
    [InlineData("https://example.com:443/voice?q=a+b%2Bc&empty=&'", "https://example.com/voice?q=a+b%2Bc&empty=&'")]
    [InlineData("https://[2001:4860::8888]:8443/voice", "https://[2001:4860::8888]:8443/voice")]
    [InlineData("https://b\u00FCcher.example/gr\u00FC\u00DFe?\u00E4=1", "https://xn--bcher-kva.example/gr%C3%BC%C3%9Fe?%C3%A4=1")]
    [InlineData("https://ann@b\u00FCcher.example:8443/a#b", "https://xn--bcher-kva.example:8443/a")]
    public void What_a_server_does_not_see_of_a_URL_is_not_signed(string url, string signed) =>
        Assert.Equal(signed, TwimlSignature.UrlOf(new(url)));

    [Theory]
    [InlineData("wss://example.com", "wss://example.com"), InlineData("wss://example.com/a?b=c", "wss://example.com/a?b=c")]
    [InlineData("wss://user:pass@example.com/a?b=c", "wss://example.com/a?b=c"), InlineData("wss://example.com/a#b", "wss://example.com/a")]
    [InlineData("wss://b\u00FCcher.example/a", "wss://xn--bcher-kva.example/a")]
    public void What_a_server_does_not_see_of_the_URL_of_a_socket_is_not_signed(string url, string signed) =>
        Assert.Equal(TwimlSignature.Header("token", signed, []), Assert.Single(TwimlSignature.OfHandshake("token", url)));

    /// <summary>As .NET, Java, Go and strftime write one, and as a second that somebody looks for.</summary>
    [Theory]
    [InlineData("2026-03-01T09:30:00Z"), InlineData("2026-03-01T09:30:00.0000000Z"), InlineData("2026-03-01T09:30:00.000000000Z")]
    [InlineData("2026-03-01T10:30:00+01:00"), InlineData("2026-03-01 09:30:00"), InlineData("2026-03-01T09:30:00.000")]
    [InlineData("2026-03-01T01:30:00.000-0800")]
    public void A_moment_of_a_list_is_read_however_exactly_it_is_written(string text)
    {
        var at = new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);
        Assert.Equal(new TimeRange(at, at.AddSeconds(1)), TexmlTime.Range(text, null, null));
        Assert.Equal(new TimeRange(at, null), TexmlTime.Range(null, text, null));
    }

    /// <summary>As the vendor's API takes days, and programs what is coarser than they are: the whole of it.</summary>
    [Theory]
    [InlineData("2026", "2026-01-01", "2027-01-01"), InlineData("2026-11", "2026-11-01", "2026-12-01")]
    [InlineData("2026-12", "2026-12-01", "2027-01-01"), InlineData("2028-02", "2028-02-01", "2028-03-01")]
    [InlineData("2026-11-30", "2026-11-30", "2026-12-01")]
    public void A_list_is_of_a_year_a_month_or_a_day_whole(string text, string first, string behind)
    {
        var (from, before) = (At(first), At(behind));
        Assert.Equal(new TimeRange(from, before), TexmlTime.Range(text, null, null));
        Assert.Equal(new TimeRange(from, null), TexmlTime.Range(null, text, null));
        Assert.Equal(new TimeRange(null, from), TexmlTime.Range(null, null, text));

        static DateTimeOffset At(string day) => new(DateOnly.Parse(day, CultureInfo.InvariantCulture), default, TimeSpan.Zero);
    }

    [Theory, InlineData("26"), InlineData("2026-13"), InlineData("2026-1"), InlineData("2026-00"), InlineData("2026-02-30")]
    [InlineData("0000"), InlineData("2026-"), InlineData("20260101"), InlineData("2026-11-30T"), InlineData("2026\n"), InlineData("today")]
    public void What_is_no_time_is_refused(string text)
    {
        Assert.Null(TexmlTime.Range(text, null, null));
        Assert.Null(TexmlTime.Range("2026-11-30", text, null));
        Assert.Null(TexmlTime.Range(null, null, text));
    }

    [Theory, InlineData("9999"), InlineData("9999-12"), InlineData("9999-12-31"), InlineData("9999-12-31T23:59:59Z")]
    public void The_last_of_all_times_is_one(string text) =>
        Assert.Equal(DateTimeOffset.MaxValue, TexmlTime.Range(text, null, null)?.Before);

    [Fact]
    public void A_SID_reads_back_in_one_spelling()
    {
        var leg = LegId.Compose(3, 1, 77, 12, 0xABCDEF);
        string sid = TwimlSids.Call(leg);
        Assert.Matches("^CA[0-9a-f]{32}$", sid);
        Assert.True(TwimlSids.TryCall(sid, out var read));
        Assert.Equal(leg, read);
        foreach (string other in (string[])[sid.ToUpperInvariant(), sid[..^1], sid + "0", "CF" + sid[2..], "", "CA", sid.Replace('a', ' ')])
            Assert.False(TwimlSids.TryCall(other, out _));
        Assert.Equal(1573282857646833664, TwimlSids.ReadWhole("AP", TwimlSids.Application(1573282857646833664)));
        Assert.Equal("+15550100000", TwimlSids.ReadNumber(TwimlSids.Number("+15550100000")));
        Assert.Null(TwimlSids.ReadNumber("PN" + new string('f', 32)));
        var uuid = Guid.NewGuid();
        Assert.Equal(uuid, TwimlSids.Read("RE", TwimlSids.Recording(uuid)));
        Assert.Null(TwimlSids.Read("RE", TwimlSids.Conference(uuid)));
    }

    [Fact]
    public void Who_is_dialled_into_a_new_name_is_told_of_one_conference_until_it_is_over_or_nobody_came()
    {
        var rooms = new PromisedRooms();
        TenantId one = new(Guid.NewGuid()), two = new(Guid.NewGuid());
        var (now, rings) = (DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(30));
        Assert.Null(rooms.Find(one, "board", now));
        var first = rooms.Promise(one, "board", now, rings);
        Assert.Equal(first, rooms.Find(one, "board", now));
        Assert.Equal(first, rooms.Promise(one, "board", now + rings, rings));
        Assert.NotEqual(first, rooms.Promise(two, "board", now, rings));
        Assert.NotEqual(first, rooms.Promise(one, "hall", now, rings));
        // The longest of them counts.
        Assert.Equal(first, rooms.Find(one, "board", now + 3 * rings));
        Assert.Null(rooms.Find(one, "board", now + 4 * rings));
        Assert.NotEqual(first, rooms.Promise(one, "board", now + 4 * rings, rings));
        var second = rooms.Find(one, "board", now + 4 * rings);
        Assert.NotEqual(second, rooms.Promise(one, "board", now + 4 * rings, rings, over: second));
    }

    [Fact]
    public void Who_dials_into_many_new_names_drives_out_no_other_accounts_conference()
    {
        var rooms = new PromisedRooms();
        TenantId one = new(Guid.NewGuid()), many = new(Guid.NewGuid());
        var (now, rings) = (DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(30));
        var first = rooms.Promise(one, "board", now, rings);
        for (int i = 0; i < 15 * PromisedRooms.MostOfAccount; i++) rooms.Promise(many, $"room {i}", now, rings);
        Assert.Equal(first, rooms.Find(one, "board", now));
        Assert.Null(rooms.Find(many, "room 0", now));
    }

    [Fact]
    public void A_queues_SID_is_its_own_and_its_accounts()
    {
        var sids = new TwimlSids(new(0, 1, new byte[32]));
        TenantId one = new(Guid.NewGuid()), two = new(Guid.NewGuid());
        Assert.Equal(sids.Queue(one, "support"), sids.Queue(one, "support"));
        Assert.Equal(3, new[] { sids.Queue(one, "support"), sids.Queue(one, "sales"), sids.Queue(two, "support") }.Distinct().Count());
        Assert.NotEqual(sids.Queue(one, "support"), new TwimlSids(new(0, 1, new byte[] { 1 })).Queue(one, "support"));
    }

    [Theory]
    [InlineData("ApplicationSid Url Twiml", "ApplicationSid", "Url Twiml"), InlineData("Url Twiml", "Url", "Twiml")]
    [InlineData("Twiml", "Twiml", ""), InlineData("Url", "Url", "")]
    public void A_call_runs_one_document_and_what_stands_beside_is_told(string written, string source, string passedOver)
    {
        var body = new JsonObject { ["To"] = "+15550000001", ["FallbackUrl"] = "" };
        foreach (string name in written.Split(' ')) body[name] = "x";
        var taken = TwimlDial.TakeOne(body)!.Value;
        Assert.Equal((source, passedOver), (taken.Source, string.Join(' ', taken.PassedOver)));
        Assert.Equal(["FallbackUrl", "To"], body.Select(field => field.Key).Where(name => name != source).Order(StringComparer.Ordinal));
        Assert.Null(TwimlDial.TakeOne(new() { ["Url"] = "", ["Twiml"] = null }));
    }

    /// <summary>As the guide to SIP calls by the API has it.</summary>
    [Theory]
    [InlineData("sip:michael@example.com?X-One=a%20b&User-to-User=56%3Bencoding%3Dhex", "sip:michael@example.com",
        "X-One: a b, User-to-User: 56;encoding=hex")]
    [InlineData("sip:michael@example.com", "sip:michael@example.com", ""), InlineData("+15550001?X-One=1", "+15550001?X-One=1", "")]
    public void Headers_for_who_is_called_stand_behind_his_SIP_URI(string written, string to, string headers)
    {
        var body = TwimlCallBody.OfNew(new() { ["To"] = written, ["From"] = "+15550000001" });
        Assert.Equal(to, (string?)body["To"]);
        var list = body["CustomHeaders"] as JsonArray ?? new JsonArray();
        Assert.Equal(headers, string.Join(", ", list.Select(one => $"{one!["name"]}: {one["value"]}")));
        Assert.Equal("To", TwimlCallBody.NameOf("CustomHeaders/0"));
    }

    /// <summary>As its reference has had them from the first, and as a form has them whose + was not escaped.</summary>
    [Theory]
    [InlineData("+1 (415) 555-1212", "+14155551212"), InlineData("(415) 555-1212", "+14155551212")]
    [InlineData("415-555-1212", "+14155551212"), InlineData("1.415.555.1212", "+14155551212"), InlineData(" 14155551212", "+14155551212")]
    [InlineData("+49 30 1234567", "+49301234567"), InlineData("+14155551212", "+14155551212"), InlineData("030 1234567", "0301234567")]
    [InlineData("sip:tom-boy@example.com", "sip:tom-boy@example.com"), InlineData("client:tom-boy", "client:tom-boy")]
    public void Numbers_of_a_new_call_are_taken_as_people_write_them(string written, string number)
    {
        var body = TwimlCallBody.OfNew(new() { ["To"] = written, ["From"] = written });
        Assert.Equal((number, number), ((string?)body["To"], (string?)body["From"]));
        Assert.Equal(number, (string?)TwimlCallBody.OfNew(new() { ["From"] = "+15550000001", ["CallerId"] = written })["From"]);
        // So do the filters of the list.
        Assert.Equal(number, TwimlCallBody.PartyOf(written));
    }

    [Theory]
    [InlineData("+14155551212", true), InlineData(" 14155551212", true), InlineData("(415) 555-1212", true), InlineData("1.415.555", true)]
    [InlineData("415***1212", true), InlineData("+1 415", true), InlineData("4165551212", false), InlineData("415a", false)]
    public void Numbers_are_found_by_a_part_of_them_as_people_write_it(string pattern, bool fits) =>
        Assert.Equal(fits, TwimlNumbers.Fits("+14155551212", pattern));

    [Fact]
    public void Paths_have_their_suffix_or_none()
    {
        var contract = TwimlContract.Read();
        Assert.NotEmpty(contract.Aliases);
        Assert.All(contract.Aliases, alias =>
        {
            Assert.Equal(alias.Path + ".json", alias.StandsFor);
            Assert.Contains(contract.Operations, alias.Includes);
            Assert.DoesNotContain(contract.Operations, operation =>
                operation.Path == alias.Path && (alias.Method is null || operation.Method == alias.Method));
        });
        // What is not built says so there, too. A recording's own path has none, for that is its sound.
        Assert.All(contract.Operations.Where(operation => operation.Path.EndsWith(".json", StringComparison.Ordinal)), operation =>
            Assert.True(contract.Aliases.Any(alias => alias.Includes(operation)) || contract.Operations.Any(other =>
                other.Path + ".json" == operation.Path && other.Method == operation.Method), operation.Id));
    }

    [Theory]
    [InlineData("twiml", true), InlineData("twiml.number", true), InlineData("twiml.dialled:abc", true), InlineData("", false)]
    [InlineData("dialled:abc", false), InlineData("participant", false), InlineData("twimlish", false)]
    public void The_applications_target_says_which_language_a_call_speaks(string target, bool isTwiml) =>
        Assert.Equal(isTwiml, TwimlLanguage.IsSpokenBy(new(ApplicationKind.Document, target)));

    [Theory]
    [InlineData("Record", "timeout", "0", "5"), InlineData("Record", "trim", "do-not-trim", "trim-silence")]
    [InlineData("Number", "machineDetectionTimeout", "3500", "30"), InlineData("Record", "format", "mp3", null)]
    [InlineData("Gather", "bargeIn", null, "true"), InlineData("Say", "loop", "1", "1")]
    public void Attributes_have_the_defaults_of_their_language(string element, string name, string? texml, string? twiml)
    {
        Assert.Equal(texml, TexmlSheet.Attributes[(element, name)].Default);
        Assert.Equal(twiml, TexmlSheet.TwimlAttributes[(element, name)].Default);
    }

    [Fact]
    public void Each_default_of_TwiML_is_a_value_that_it_allows() => Assert.All(TexmlSheet.TwimlAttributes.Values,
        row => Assert.True(row.Default is null or "" || ValueRule.FaultOf(row, row.Default) is null,
            $"{row.Element} {row.Name}: {row.Default}"));

    [Fact]
    public void Of_one_account_only_so_many_recordings_are_written_in_another_form_at_once()
    {
        var places = new CopyPlaces();
        var (one, other) = (new TenantId(Guid.NewGuid()), new TenantId(Guid.NewGuid()));
        for (int i = 0; i < CopyPlaces.OfAccount; i++) Assert.Equal(CopyPlace.Taken, places.Take(one, one));
        Assert.Equal(CopyPlace.AccountIsFull, places.Take(one, one));
        Assert.Equal(CopyPlace.Taken, places.Take(other, other));
        places.Release(one, one);
        Assert.Equal(CopyPlace.Taken, places.Take(one, one));
        Assert.Equal(CopyPlace.AccountIsFull, places.Take(one, one));
    }

    [Fact]
    public void Of_all_accounts_together_only_so_many_recordings_are_written_in_another_form_at_once()
    {
        var places = new CopyPlaces();
        TenantId[] accounts = [.. Enumerable.Range(0, CopyPlaces.OfNode + 1).Select(_ => new TenantId(Guid.NewGuid()))];
        foreach (var account in accounts[1..]) Assert.Equal(CopyPlace.Taken, places.Take(account, account));
        for (int i = 0; i <= CopyPlaces.OfAccount; i++) Assert.Equal(CopyPlace.NodeIsFull, places.Take(accounts[0], accounts[0]));
        // Whoever was refused has taken nothing.
        places.Release(accounts[1], accounts[1]);
        Assert.Equal(CopyPlace.Taken, places.Take(accounts[0], accounts[0]));
        Assert.Equal(CopyPlace.NodeIsFull, places.Take(accounts[1], accounts[1]));
    }

    [Fact]
    public void Accounts_below_one_leave_places_for_copies_to_others()
    {
        var places = new CopyPlaces();
        TenantId[] accounts = [.. Enumerable.Range(0, CopyPlaces.OfNode).Select(_ => new TenantId(Guid.NewGuid()))];
        Assert.Equal(CopyPlaces.OfFamily, accounts.Count(account => places.Take(account, accounts[0]) is CopyPlace.Taken));
        Assert.Equal(CopyPlaces.OfNode - CopyPlaces.OfFamily, accounts.Count(account => places.Take(account, account) is CopyPlace.Taken));
    }

    [Fact]
    public void Names_that_the_SDK_writes_in_small_letters_are_those_of_the_reference()
    {
        TexmlElement element = new("ConversationRelay", new(1, 1))
        {
            Attributes = [new("speechtimeout", "700", new(1, 20)), new("ignorebackchannel", "true", new(1, 40))]
        };
        var values = new VerbValues(element, isTwiml: true);
        Assert.Equal("700", values.Text("speechTimeout"));
        Assert.Equal("ignorebackchannel does nothing: there are no interruptions by a mere yes yet (line 1, column 40)",
            Assert.Single(values.Warnings));
        Assert.Equal(2, new VerbValues(element).Warnings.Count);
        Assert.NotNull(LanguageSheet.Find(DocumentLanguage.Twiml, "ConversationRelay", "speechtimeout"));
        Assert.Null(LanguageSheet.Find(DocumentLanguage.Texml, "ConversationRelay", "speechtimeout"));
    }

    [Fact]
    public void What_only_TeXML_has_is_a_warning_in_TwiML()
    {
        TexmlElement element = new("Record", new(1, 1)) { Attributes = [new("format", "mp3", new(1, 9)), new("timeout", "9", new(1, 22))] };
        Assert.Empty(new VerbValues(element).Warnings);
        var values = new VerbValues(element, isTwiml: true);
        Assert.Equal("format is no attribute of Record (line 1, column 9)", Assert.Single(values.Warnings));
        Assert.Equal(9, values.Whole("timeout"));
    }

    [Theory]
    [InlineData("<sip:+15550100001@example.com>;reason=unconditional", "+15550100001")]
    [InlineData("\"Desk\" <tel:+4930123>", "+4930123"), InlineData("nonsense", null)]
    public void Who_sent_a_call_on_is_read_from_its_Diversion(string header, string? number) =>
        Assert.Equal(number, TwimlWords.ForwardedFrom([new("X-Other", "<sip:x@y>"), new("Diversion", header)]));
}
