using System.Net;
using System.Text;
using System.Text.Json;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

/// <summary>What is longer than anybody needs: each limit at its edge, and one above it.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private ApiHost _api = null!;        // set before each test

    public async ValueTask InitializeAsync() => _api = await ApiHost.StartAsync(new()
    {
        IsStrict = false,
        Bindings = [Handle("CreateBillingGroup", op => new(op.NoContent())), Handle("CreateMediaStorage", op => new(op.NoContent())),
            Handle("ListBillingGroups", op => new(op.NoContent()))],
    });

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private static Schema SchemaOf(string json)
    {
        using var document = JsonDocument.Parse("{}");
        using var source = JsonDocument.Parse(json);
        return new SchemaCompiler(document.RootElement, Quirks.Read("", "")).Compile(source.RootElement.Clone());
    }

    private static ViolationKind? Check(string schema, string body, BodyDirection direction = BodyDirection.Request)
    {
        using var document = JsonDocument.Parse(body);
        return SchemaCheck.Run(SchemaOf(schema), document.RootElement, direction).Violations is [var first, ..] ? first.Kind : null;
    }

    [Theory, InlineData("x"), InlineData("é"), InlineData("\\n"), InlineData("😀")]
    public async Task A_text_without_a_length_in_the_contract_has_ours(string character)
    {
        string Body(int count) => $$"""{"name":"{{string.Concat(Enumerable.Repeat(character, count))}}"}""";
        using var longest = await _api.SendAsync("POST", "/v2/billing_groups", Body(Limits.TextCharacters));
        Assert.Equal(HttpStatusCode.NoContent, longest.StatusCode);
        var refused = await _api.JsonAsync(HttpStatusCode.UnprocessableEntity, "POST", "/v2/billing_groups",
            Body(Limits.TextCharacters + 1));
        Assert.Equal(("10025", "/name"), ((string)refused["errors"]![0]!["code"]!, (string)refused["errors"]![0]!["source"]!["pointer"]!));
    }

    [Fact]
    public void A_text_whose_length_the_contract_says_and_a_file_inside_a_body_may_be_longer()
    {
        string text = $"\"{new string('A', Limits.TextCharacters + 4)}\"";
        Assert.Equal(ViolationKind.Length, Check("""{"type":"string"}""", text));
        Assert.Null(Check("""{"type":"string"}""", text, BodyDirection.Reply));
        Assert.Null(Check("""{"type":"string","maxLength":100000}""", text));
        Assert.Null(Check("""{"type":"string","format":"byte"}""", text));
    }

    [Fact]
    public void An_array_without_a_length_in_the_contract_has_ours()
    {
        string Items(int count) => $"[{string.Join(',', Enumerable.Repeat("1", count))}]";
        Assert.Null(Check("""{"type":"array","items":{"type":"integer"}}""", Items(Limits.ArrayItems)));
        Assert.Equal(ViolationKind.Items, Check("""{"type":"array","items":{"type":"integer"}}""", Items(Limits.ArrayItems + 1)));
        Assert.Null(Check("""{"type":"array","maxItems":20000}""", Items(Limits.ArrayItems + 1)));
        Assert.Null(Check("""{"type":"array"}""", Items(Limits.ArrayItems + 1), BodyDirection.Reply));
    }

    [Fact]
    public void An_object_has_only_so_many_members()
    {
        string Members(int count) => $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":1"))}}}";
        Assert.Null(Check("""{"type":"object"}""", Members(Limits.ObjectMembers)));
        Assert.Equal(ViolationKind.Items, Check("""{"type":"object"}""", Members(Limits.ObjectMembers + 1)));
        Assert.Null(Check("""{"type":"object"}""", Members(Limits.ObjectMembers + 1), BodyDirection.Reply));
    }

    [Theory, InlineData("1.7e308", null), InlineData("-1.7e308", null), InlineData("1e309", ViolationKind.Range),
        InlineData("-1e999999999", ViolationKind.Range)]
    public void A_number_is_one_that_a_double_holds(string number, ViolationKind? wrong)
    {
        Assert.Equal(wrong, Check("""{"type":"number"}""", number));
        Assert.Equal(wrong, Check("""{"type":"object","properties":{"any":{}}}""", $$"""{"any":{{number}}}"""));
    }

    [Fact]
    public async Task A_body_has_only_so_many_values()
    {
        // The object and the array are values too; the array stands in a field that nobody knows,
        // so that nothing but the count can refuse it.
        string Body(int count) => $$"""{"name":"a","x":[{{string.Join(',', Enumerable.Repeat("[]", count - 3))}}]}""";
        using var most = await _api.SendAsync("POST", "/v2/billing_groups", Body(Limits.BodyValues));
        Assert.Equal(HttpStatusCode.NoContent, most.StatusCode);
        using var more = await _api.SendAsync("POST", "/v2/billing_groups", Body(Limits.BodyValues + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, more.StatusCode);
    }

    [Fact]
    public async Task A_form_has_only_so_many_fields_and_their_names_have_a_length()
    {
        async Task<HttpStatusCode> SendAsync(int fields, int name = 3)
        {
            using var form = new MultipartFormDataContent();
            for (int i = 0; i < fields; i++) form.Add(new StringContent("x"), $"f{i}".PadLeft(name, 'n'));
            form.Headers.ContentType!.CharSet = null;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/media")
            {
                Content = form, Headers = { Authorization = new("Bearer", ApiHost.Key) }
            };
            using var response = await _api.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
        Assert.NotEqual(HttpStatusCode.BadRequest, await SendAsync(Limits.FormFields));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(Limits.FormFields + 1));
        Assert.NotEqual(HttpStatusCode.BadRequest, await SendAsync(1, Limits.FormNameCharacters));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(1, Limits.FormNameCharacters + 1));
    }

    [Fact]
    public async Task A_query_has_only_so_many_characters_and_parameters()
    {
        async Task<(HttpStatusCode, string?)> GetAsync(string query)
        {
            using var response = await _api.SendAsync("GET", "/v2/billing_groups?" + query);
            return await response.CodeAsync();
        }
        string Many(int count) => string.Join('&', Enumerable.Repeat("a=1", count));
        Assert.Equal(HttpStatusCode.NoContent, (await GetAsync("a=" + new string('x', Limits.QueryCharacters - 2))).Item1);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10015"), await GetAsync("a=" + new string('x', Limits.QueryCharacters - 1)));
        Assert.Equal(HttpStatusCode.NoContent, (await GetAsync(Many(Limits.QueryParameters))).Item1);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10015"), await GetAsync(Many(Limits.QueryParameters + 1)));
        // No database of ours would take it; PostgreSQL says so, and that was our fault then.
        foreach (string nul in (string[])["a=%00", "filter[name]=ab%00c", "a%00b=1"])
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "10015"), await GetAsync(nul));
    }

    [Theory]
    [InlineData("RF64....WAVE", "audio/wav"), InlineData("BW64....WAVE", "audio/wav")]
    [InlineData("RIFF....WAVE", "audio/wav"), InlineData("ID3\u0004", "audio/mpeg"), InlineData("\u00FF\u00FB\u0090\u0000", "audio/mpeg"),
        InlineData("OggS", "audio/ogg"), InlineData("fLaC", "audio/flac")]
    [InlineData("....ftypM4A ", "video/mp4"), InlineData("%PDF-1.4", "application/pdf"), InlineData("\u0089PNG\r\n", "image/png"),
        InlineData("\u00FF\u00D8\u00FF\u00E0", "image/jpeg")]
    [InlineData("II*\0", "image/tiff"), InlineData("PK\u0003\u0004", "application/zip"),
        InlineData("\u007FELF\u0002", "application/x-executable"), InlineData(" \n<HTML>", "text/html")]
    [InlineData("RIFF....AVI ", null), InlineData("", null), InlineData("hello", null), InlineData("RIFF", null)]
    public void A_file_is_known_by_how_it_begins(string content, string? type) =>
        Assert.Equal(type, MagicBytes.TypeOf(Encoding.Latin1.GetBytes(content)));
}
