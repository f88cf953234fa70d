using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Telnyx;

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

    private static async Task<string> ReadAsync(string form)
    {
        var http = new DefaultHttpContext();
        byte[] bytes = Encoding.UTF8.GetBytes(form);
        http.Request.Method = "POST";
        http.Request.ContentType = FormType;
        http.Request.ContentLength = bytes.Length;
        http.Request.Body = new MemoryStream(bytes);
        var read = await BodyReader.ReadAsync(Make, http, new(), TelnyxForm.Form, TestContext.Current.CancellationToken);
        using var document = read.Document;
        Assert.Null(read.Fault);
        return JsonNode.Parse(read.Raw.Span)!.ToJsonString();
    }

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
}
