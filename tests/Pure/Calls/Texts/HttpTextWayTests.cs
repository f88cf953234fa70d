using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Pure.Calls.Texts;

public sealed class HttpTextWayTests
{
    private static readonly HttpTextWay Way = new()
    {
        Url = "https://sms.example.com/send", Body = """{"to":"{to}","text":"{text}"}""", IdAt = "/messages/0/id", ItemsAt = "/results",
        ReceiptIdAt = "/id", ReceiptStateAt = "/state/code", States = new Dictionary<string, SmppOutcome> { ["5"] = SmppOutcome.Delivered },
    };

    [Fact]
    public void What_is_said_is_data_in_either_kind_of_body()
    {
        string Word(string name) => name is "text" ? "a\"b&c=\n{to} é" : "+49";
        Assert.Equal("a\"b&c=\n{to} é", (string?)JsonNode.Parse(Way.Compose(Word))!["text"]);
        var form = Way with { IsForm = true, Body = "to={to}&text={text}" };
        Assert.Equal("to=%2B49&text=a%22b%26c%3D%0A%7Bto%7D%20%C3%A9", form.Compose(Word));
    }

    [Theory]
    [InlineData(200, """{"messages":[{"id":"m1"}]}""", 0x00u, "m1", false)]
    [InlineData(201, """{"messages":[{"id":17}]}""", 0x00u, "17", false)]
    [InlineData(200, """{"messages":[]}""", null, "", false), InlineData(200, "OK", null, "", false)]
    [InlineData(200, """{"messages":[{"id":"m1"}],"messages":1}""", null, "", false)]
    [InlineData(200, """{"messages":[{"id":"\ud800"}]}""", null, "", false)]
    [InlineData(429, "", SmppStatus.Throttled, "", true), InlineData(503, "", null, "", true), InlineData(408, "", null, "", true)]
    [InlineData(302, "", SmppStatus.SystemError, "", true), InlineData(403, "", SmppStatus.SystemError, "", true)]
    [InlineData(413, "", SmppStatus.BadMessageLength, "", false), InlineData(422, "", SmppStatus.PermanentAppError, "", false)]
    public void Each_answer_means_something(int status, string body, uint? means, string id, bool isPause)
    {
        var answer = Way.Judge(status, hasLeft: true, Encoding.UTF8.GetBytes(body));
        Assert.Equal((means, id, isPause), (answer.Status, answer.Id, answer.IsPause));
        Assert.Equal(status < 300 && means is null, answer.IsFinalDoubt);
    }

    [Fact]
    public void Without_an_answer_it_matters_whether_anything_left()
    {
        Assert.Equal((uint?)SmppStatus.Throttled, Way.Judge(null, hasLeft: false, default).Status);
        Assert.Null(Way.Judge(null, hasLeft: true, default).Status);
        Assert.Equal((uint?)SmppStatus.Ok, (Way with { IdAt = null }).Judge(204, hasLeft: true, default).Status);
    }

    /// <summary>The words of several vendors; what waits on is told again.</summary>
    [Theory]
    [InlineData("Delivered", SmppOutcome.Delivered), InlineData("delivery_failed", SmppOutcome.Undeliverable)]
    [InlineData("sending_failed", SmppOutcome.Undeliverable), InlineData("Aborted", SmppOutcome.Undeliverable)]
    [InlineData("delivery_unconfirmed", SmppOutcome.Unknown), InlineData("EXPIRED", SmppOutcome.Expired)]
    [InlineData("sent", SmppOutcome.OnItsWay), InlineData("queued", SmppOutcome.OnItsWay)]
    [InlineData("DeliveredToTerminal", SmppOutcome.Delivered), InlineData("DeliveryImpossible", SmppOutcome.Undeliverable)]
    [InlineData("DeliveryUncertain", SmppOutcome.Unknown), InlineData("DeliveredToNetwork", SmppOutcome.OnItsWay)]
    [InlineData("message-delivered", SmppOutcome.Delivered), InlineData("message-failed", SmppOutcome.Undeliverable)]
    [InlineData("BLIST", SmppOutcome.Rejected), InlineData("NOROUTE", SmppOutcome.Undeliverable)]
    public void The_usual_words_are_known(string word, SmppOutcome outcome)
    {
        var read = Way.Read(JsonNode.Parse($$$"""{"results":[{"id":"m1","state":{"code":"{{{word}}}"}}]}"""))!;
        Assert.Equal(outcome, Assert.IsType<HttpTextSaid.Receipt>(Assert.Single(read)).Outcome);
    }

    [Fact]
    public void Receipts_are_read_where_the_way_says()
    {
        var read = Way.Read(JsonNode.Parse("""
            {"results":[{"id":"m1","state":{"code":5}},{"id":2,"state":{"code":"UNDELIVERABLE"}},{"id":"3","state":{"code":"buffered"}}]}
            """))!;
        Assert.Equal([("m1", SmppOutcome.Delivered), ("2", SmppOutcome.Undeliverable), ("3", SmppOutcome.OnItsWay)],
            read.Cast<HttpTextSaid.Receipt>().Select(one => (one.Id, one.Outcome)));
        foreach (string nonsense in (string[])["{}", "[]", "1", "null", """{"results":[]}""", """{"results":[{"id":"1"}]}"""])
            Assert.Null(Way.Read(JsonNode.Parse(nonsense)));
        // A name whose octets are no text.
        Assert.Null(Way.Read(HttpTextWay.Parse((byte[])[.. "{\""u8, 0xFF, .. "\":1}"u8])));
    }

    [Theory]
    [InlineData("4917012345", "+4917012345"), InlineData(" 4917012345", "+4917012345"), InlineData("+4917012345", "+4917012345")]
    [InlineData("004917012345", "+4917012345"), InlineData("01701234567", "01701234567"), InlineData("12345678", "12345678")]
    [InlineData("Bank", "Bank"), InlineData("1234567890123456", "1234567890123456"), InlineData("", "")]
    [InlineData("tel:+4917012345", "+4917012345"), InlineData("TEL: 4917012345", "+4917012345"), InlineData("tel:12345", "12345")]
    public void A_number_is_known_by_its_form(string said, string party)
    {
        var way = Way with { ItemsAt = null, TextIdAt = "/id", TextFromAt = "/from", TextToAt = "/to", TextAt = "/text" };
        var read = way.Read(new JsonObject { ["id"] = "1", ["from"] = said, ["to"] = "12345", ["text"] = "A\0" })!;
        // A zero is no character that anybody can keep.
        Assert.Equal(new HttpTextSaid.Text("1", party, "12345", "A\uFFFD"), Assert.Single(read));
    }

    /// <summary>Of carriers that cut a text in the midst of an emoji.</summary>
    [Theory]
    [InlineData(@"cut \ud83d", "cut [?]"), InlineData(@"\ude00 cut", "[?] cut"), InlineData(@"\ud83d\ud83d\ude00", "[?]\U0001F600")]
    [InlineData(@"\ud83d\ude00 \u00e9 \n", "\U0001F600 \u00E9 \n"), InlineData(@"\\ud83d \\", @"\ud83d \")]
    [InlineData(@"\ude00\ud83d", "[?][?]"), InlineData("plain", "plain")]
    public void Half_an_emoji_costs_no_text(string written, string words)
    {
        var sent = HttpTextWay.ParseSent(Encoding.UTF8.GetBytes($$"""{"text":"{{written}}"}"""))!;
        Assert.Equal(words.Replace("[?]", "\uFFFD", StringComparison.Ordinal), (string?)sent["text"]);
    }

    [Theory]
    [InlineData(@"{""text"":""\"), InlineData(@"{""text"":""\ud8"), InlineData(@"\"), InlineData("")]
    public void What_ends_in_an_escape_is_no_JSON(string written) =>
        Assert.Null(HttpTextWay.ParseSent(Encoding.UTF8.GetBytes(written)));

    [Fact]
    public void A_document_says_the_same_again()
    {
        var same = HttpTextDocument.Read(HttpTextDocument.Write(Way));
        Assert.Equal(HttpTextDocument.Write(Way).ToJsonString(), HttpTextDocument.Write(same).ToJsonString());
        Assert.Empty(HttpTextDocument.FaultsOf(same));
    }

    [Fact]
    public void What_makes_no_sense_is_named()
    {
        (HttpTextWay Way, string Field)[] bad =
        [
            (Way with { Url = "ftp://a/" }, "url"), (Way with { Url = "https://me:pass@a.example/" }, "url"),
            (Way with { Body = """{"to":{to},"text":"{text}"}""" }, "body"), (Way with { Body = """{"to":"{to}"}""" }, "body"),
            (Way with { Body = """{"to":"{to}","text":"{words}"}""" }, "body"),
            (Way with { Headers = new Dictionary<string, string> { ["X-Text"] = "{text}" } }, "headers"),
            (Way with { Headers = new Dictionary<string, string> { ["two words"] = "a" } }, "headers"),
            (Way with { ReceiptStateAt = null }, "receipt_state_at"), (Way with { IdAt = null }, "id_at"),
            (Way with { IdAt = "id" }, "id_at"), (Way with { TextAt = "/text" }, "text_at"),
        ];
        foreach (var (way, field) in bad) Assert.Contains(field, HttpTextDocument.FaultsOf(way).Select(fault => fault.Field));
    }
}
