using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Telnyx;

namespace Ringwright.Http.Tests;

/// <summary>The values of a form, as programs write them that were never read by whoever wrote the contract.</summary>
public sealed class WrittenFormTests
{
    private const string FormType = "application/x-www-form-urlencoded", Multipart = "multipart/form-data; boundary=b";

    private static readonly Operation Make = Contract.Read(new MemoryStream(Encoding.UTF8.GetBytes($$"""
        {"schemas":{},"operations":[{"id":"Make","method":"POST","path":"/things","family":"Things","body":{"content":{
         "{{FormType}}":{{Fields}},"multipart/form-data":{{Fields}} } } } ]}
        """)), Envelope.Data).Operations.Single();

    private const string Fields = """
        {"type":"object","properties":{"To":{"type":"string"},"Twiml":{"type":"string"},"Method":{"type":"string","enum":["GET","POST"]},
         "Beep":{"type":"string","enum":["true","false","onEnter"]},"Track":{"type":"string","enum":["","both"]},
         "Timeout":{"type":"integer"},"Record":{"type":"boolean"},"Batch":{"type":"string","format":"uuid"},"StartTime":{"type":"string"} } }
        """;

    private static async Task<string> ReadAsync(string body, string type = FormType)
    {
        var http = new DefaultHttpContext();
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        http.Request.Method = "POST";
        http.Request.ContentType = type;
        http.Request.ContentLength = bytes.Length;
        http.Request.Body = new MemoryStream(bytes);
        var read = await BodyReader.ReadAsync(Make, http, new(), TelnyxForm.Form, TestContext.Current.CancellationToken);
        using var document = read.Document;
        Assert.True(read.Fault is null, read.Detail);
        return document!.RootElement.GetRawText();
    }

    [Theory]
    [InlineData("To=+447700900123", """{"To":"+447700900123"}"""), InlineData("To=%2B447700900123", """{"To":"+447700900123"}""")]
    [InlineData("To=447700900123", """{"To":"447700900123"}"""), InlineData("To=+0447700900", """{"To":" 0447700900"}""")]
    [InlineData("To=a+447700900123", """{"To":"a 447700900123"}"""), InlineData("To=+44+7700", """{"To":" 44 7700"}""")]
    [InlineData("To=+12345678901234567", """{"To":" 12345678901234567"}""")]
    [InlineData("StartTime=2026-03-01T09:30:00+01:00", """{"StartTime":"2026-03-01T09:30:00+01:00"}""")]
    [InlineData("StartTime=2026-03-01T09:30:00Z", """{"StartTime":"2026-03-01T09:30:00Z"}""")]
    public async Task A_plus_that_nobody_encoded_stays_where_it_can_be_nothing_else(string form, string read) =>
        Assert.Equal(JsonNode.Parse(read)!.ToJsonString(), JsonNode.Parse(await ReadAsync(form))!.ToJsonString());

    [Fact]
    public async Task A_blank_of_a_part_is_a_blank() => Assert.Equal(" 447700900123", (string?)JsonNode.Parse(await ReadAsync(
        "--b\r\nContent-Disposition: form-data; name=\"To\"\r\n\r\n 447700900123\r\n--b--\r\n", Multipart))!["To"]);

    [Theory]
    [InlineData("Method=&Timeout=&Record=&Batch=&Beep=&To=x", """{"To":"x"}"""), InlineData("Timeout=+&To=x", """{"To":"x"}""")]
    [InlineData("To=&Twiml=", """{"To":"","Twiml":""}"""), InlineData("Track=", """{"Track":""}""")]
    public async Task What_is_empty_and_no_text_is_not_given(string form, string read) => Assert.Equal(read, await ReadAsync(form));

    [Theory]
    [InlineData("Method=get", """{"Method":"GET"}"""), InlineData("Method=Post+", """{"Method":"POST"}""")]
    [InlineData("Beep=True", """{"Beep":"true"}"""), InlineData("Beep=onenter", """{"Beep":"onEnter"}""")]
    [InlineData("Method=PUT", """{"Method":"PUT"}"""), InlineData("To=GET", """{"To":"GET"}""")]
    public async Task Of_some_words_the_one_is_read_that_is_meant(string form, string read) => Assert.Equal(read, await ReadAsync(form));

    [Theory, InlineData("{\"To\":\"x\"}"), InlineData("\n{\"To\":\"x\"}"), InlineData("\r\n  {\n \"To\" : \"x\" }\n"),
        InlineData("\uFEFF{\"To\":\"x\"}")]
    public async Task JSON_that_is_said_to_be_a_form_is_JSON_behind_blanks_too(string body) =>
        Assert.Equal("""{"To":"x"}""", JsonNode.Parse(await ReadAsync(body))!.ToJsonString());
}
