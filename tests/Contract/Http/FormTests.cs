using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Telnyx;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

/// <summary>The names of a form's fields, as libraries of each language write lists.</summary>
public sealed class FormTests
{
    private const string FormType = "application/x-www-form-urlencoded";

    private static readonly Operation Make = Contract.Read(new MemoryStream(Encoding.UTF8.GetBytes($$"""
        {"schemas":{},"operations":[{"id":"Make","method":"POST","path":"/things","family":"Things","body":{"content":{"{{FormType}}":
         {"type":"object","properties":{"name":{"type":"string"},"tags":{"type":"array","items":{"type":"string"} },
          "counts":{"type":"array","items":{"type":"integer"} },"own[]":{"type":"string"},
          "StatusCallbackEvent":{"type":"string"} } } } } }]}
        """)), Envelope.Data).Operations.Single();

    private static async Task<string> ReadAsync(string form, string? coding = null)
    {
        var http = new DefaultHttpContext();
        byte[] bytes = Encoding.UTF8.GetBytes(form);
        http.Request.Method = "POST";
        http.Request.ContentType = FormType;
        http.Request.ContentLength = bytes.Length;
        if (coding is not null) http.Request.Headers.ContentEncoding = coding;
        http.Request.Body = new MemoryStream(bytes);
        var read = await BodyReader.ReadAsync(Make, http, new(), TelnyxForm.Form, TestContext.Current.CancellationToken);
        using var document = read.Document;
        Assert.Null(read.Fault);
        return JsonNode.Parse(read.Raw.Span)!.ToJsonString();
    }

    [Theory]
    [InlineData("UTF-8"), InlineData("utf8"), InlineData("identity"), InlineData("")]
    public async Task A_charset_where_a_coding_belongs_packs_nothing(string coding) =>
        Assert.Equal("""{"name":"a"}""", await ReadAsync("name=a", coding));

    [Theory]
    [InlineData("tags=a&tags=b"), InlineData("tags[]=a&tags[]=b"), InlineData("tags[0]=a&tags[1]=b")]
    [InlineData("tags%5B%5D=a&tags%5B%5D=b"), InlineData("tags=a&tags[]=b"), InlineData("tags[0]=a&tags=b")]
    public async Task A_list_has_each_item_however_its_name_is_written(string form) =>
        Assert.Equal("""{"tags":["a","b"]}""", await ReadAsync(form));

    [Theory]
    [InlineData("counts[]=1&counts[]=2", """{"counts":[1,2]}"""), InlineData("tags[]=a", """{"tags":["a"]}""")]
    [InlineData("own[]=a&own[]=b", """{"own[]":"b"}"""), InlineData("name[]=a&name=b", """{"name[]":"a","name":"b"}""")]
    [InlineData("tags[x]=a", """{"tags[x]":"a"}"""), InlineData("tags[0][1]=a", """{"tags[0][1]":"a"}""")]
    public async Task Nothing_else_is_taken_for_an_item(string form, string read) => Assert.Equal(read, await ReadAsync(form));

    [Theory]
    [InlineData("StatusCallbackEvent=initiated+answered"), InlineData("StatusCallbackEvent=initiated&StatusCallbackEvent=answered")]
    [InlineData("StatusCallbackEvent[]=initiated&StatusCallbackEvent[]=answered")]
    [InlineData("StatusCallbackEvent[0]=initiated&StatusCallbackEvent[1]=answered")]
    public async Task A_list_with_blanks_may_be_written_item_by_item(string form) =>
        Assert.Equal("""{"StatusCallbackEvent":"initiated answered"}""", await ReadAsync(form));

    [Theory, InlineData("InitiateTexmlCall", "/v2/texml/Accounts/a/Calls"), InlineData("DeprecatedInitiateTexmlCall", "/v2/texml/calls/7")]
    public async Task A_call_of_TeXML_is_placed_by_a_form_as_by_JSON(string operation, string path)
    {
        JsonObject? read = null;
        var place = Handle(operation, op =>
        {
            read = op.ReadObject();
            return new(op.NoContent());
        });
        await using var api = await ApiHost.StartAsync(new() { IsStrict = false, Bindings = [place] });
        using var response = await api.SendAsync("POST", path, "ApplicationSid=7&To=%2B13125550100&From=%2B13125550101&Record=True"
            + "&MachineDetectionTimeout=5000&StatusCallbackEvent=initiated&StatusCallbackEvent=answered", contentType: FormType);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(("+13125550100", true, 5000, "initiated answered"), ((string?)read!["To"], (bool)read["Record"]!,
            (int)read["MachineDetectionTimeout"]!, (string?)read["StatusCallbackEvent"]));
    }

    [Fact]
    public async Task Other_operations_of_JSON_take_no_form()
    {
        await using var api = await ApiHost.StartAsync(new() { IsStrict = false, Bindings = ApiHost.Built(o => o.Id == "DialCall") });
        using var response = await api.SendAsync("POST", "/v2/calls", "to=a", contentType: FormType);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "10014"), await response.CodeAsync());
    }
}
