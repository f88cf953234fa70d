using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

public sealed class PipelineTests
{
    private const string Leg = "00000000000000000000000000000001";
    private const string Speak = """{"payload":"hello","voice":"female"}""";

    private sealed record SpeakBody(string Payload, string Voice, int Loops = 1);

    private sealed class Line(Refusal refusal = Refusal.None) : ICallControl
    {
        public List<(Subject To, SubjectCommand Command)> Sent { get; } = [];

        public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) =>
            throw new InvalidOperationException("nobody dials here");

        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
        {
            Sent.Add((to, command));
            return new(new Ack(refusal));
        }
    }

    private static Binding SpeakBinding =>
        Act<SpeakBody>("SpeakCall", body => new LegCommand.Speak { Speech = new(body.Payload, body.Voice, null, false) });

    private static IEnumerable<Binding> Dial => ApiHost.Built(o => o.Id == "DialCall");

    private static Task<ApiHost> DialAsync() => ApiHost.StartAsync(new() { Bindings = Dial, IsStrict = false });

    [Fact]
    public async Task A_command_is_sent_to_the_leg_and_its_ack_is_the_reply()
    {
        var line = new Line();
        await using var api = await ApiHost.StartAsync(new() { Calls = line, Bindings = [SpeakBinding] });
        var reply = await api.JsonAsync(HttpStatusCode.OK, "POST", $"/v2/calls/{Leg}/actions/speak", Speak);
        Assert.Equal("ok", reply["data"]!["result"]!.GetValue<string>());
        var (leg, command) = Assert.Single(line.Sent);
        Assert.Equal((SubjectKind.Leg, Leg), (leg.Kind, leg.Id));
        Assert.Equal("hello", Assert.IsType<LegCommand.Speak>(command).Speech.Text);
    }

    [Fact]
    public async Task A_refused_command_answers_with_the_code_of_the_refusal()
    {
        await using var api = await ApiHost.StartAsync(new() { Calls = new Line(Refusal.AlreadyEnded), Bindings = [SpeakBinding] });
        using var response = await api.SendAsync("POST", $"/v2/calls/{Leg}/actions/speak", Speak);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "90018"), await response.CodeAsync());
    }

    private sealed record HoldRoom(int Count) : SubjectCommand;

    private static Binding HoldBinding =>
        Act("HoldConferenceParticipants", SubjectKind.Conference,
            op => new(new HoldRoom(op.ReadObject()["call_control_ids"]?.AsArray().Count ?? 0)));

    /// <summary>Rooms of the caller's account alone, by the last digit of their names.</summary>
    private static readonly SubjectToken Rooms = new(SubjectKind.Conference, "id",
        (tenant, token) => tenant == ApiHost.Tenant
            && token.StartsWith("room-", StringComparison.Ordinal) ? new Subject(SubjectKind.Conference, UInt128.Parse(token[5..])) : null)
    {
        Refuse = refusal =>
            refusal is Refusal.UnknownLeg ? new("10005", "There is no such conference.") : new("90018", "The conference has ended."),
    };

    [Fact]
    public async Task A_subject_of_another_kind_is_named_in_its_own_way_and_commanded_alike()
    {
        var line = new Line();
        await using var api = await ApiHost.StartAsync(new() { Calls = line, Bindings = [SpeakBinding, HoldBinding], Subjects = [Rooms] });
        await api.JsonAsync(HttpStatusCode.OK, "POST", "/v2/conferences/room-7/actions/hold", """{"call_control_ids":["a","b"]}""");
        await api.JsonAsync(HttpStatusCode.OK, "POST", $"/v2/calls/{Leg}/actions/speak", Speak);
        Assert.Equal((new Subject(SubjectKind.Conference, 7), (SubjectCommand)new HoldRoom(2)), line.Sent[0]);
        Assert.Equal(Leg, line.Sent[1].To.ToString());

        using var unknown = await api.SendAsync("POST", $"/v2/conferences/{Leg}/actions/hold", "{}");
        Assert.Equal((HttpStatusCode.NotFound, "10005"), await unknown.CodeAsync());
        Assert.Equal(2, line.Sent.Count);
    }

    [Fact]
    public async Task A_subject_that_is_gone_answers_in_its_kinds_words()
    {
        await using var api =
            await ApiHost.StartAsync(new() { Calls = new Line(Refusal.AlreadyEnded), Bindings = [HoldBinding], Subjects = [Rooms] });
        var body = await api.JsonAsync(HttpStatusCode.UnprocessableEntity, "POST", "/v2/conferences/room-7/actions/hold", "{}");
        Assert.Equal("The conference has ended.", body["errors"]![0]!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_command_to_subjects_that_nothing_names_is_a_bug_that_shows_at_start()
    {
        var bug = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiHost.StartAsync(new() { Bindings = [HoldBinding] }));
        Assert.Contains("'HoldConferenceParticipants' commands a Conference", bug.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Speak), InlineData("{}"), InlineData(null)]
    public async Task A_token_that_we_never_minted_is_said_before_the_body(string? body)
    {
        await using var api = await ApiHost.StartAsync(new() { Calls = new Line(), Bindings = [SpeakBinding] });
        using var response = await api.SendAsync("POST", "/v2/calls/nonsense/actions/speak", body);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "90015"), await response.CodeAsync());
    }

    [Fact]
    public async Task A_map_may_refuse_with_several_reasons()
    {
        await using var api = await ApiHost.StartAsync(new()
        {
            Calls = new Line(),
            Bindings = [Act("SpeakCall", _ =>
                new(Mapped.Refused([new("90010", "too long") { Pointer = "/payload" }, new("90012", "unknown") { Pointer = "/voice" }])))],
        });
        var errors = (await api.JsonAsync(HttpStatusCode.UnprocessableEntity, "POST", $"/v2/calls/{Leg}/actions/speak",
            Speak))["errors"]!.AsArray();
        Assert.Equal(["/payload", "/voice"], errors.Select(e => e!["source"]!["pointer"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_null_of_an_optional_field_reads_as_the_default_of_the_handlers_record()
    {
        SpeakBody? read = null;
        var speak = Act<SpeakBody>("SpeakCall", body =>
        {
            read = body;
            return new LegCommand.StopGather();
        });
        await using var api = await ApiHost.StartAsync(new() { Calls = new Line(), Bindings = [speak] });
        using var response = await api.SendAsync("POST", $"/v2/calls/{Leg}/actions/speak",
            """{"payload":"hello","voice":"female","service_level":null,"language":null}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new SpeakBody("hello", "female"), read);
    }

    [Fact]
    public async Task A_field_that_the_handlers_record_cannot_read_is_422_with_its_pointer()
    {
        await using var api = await ApiHost.StartAsync(new() { Calls = new Line(), Bindings = [SpeakBinding] });
        using var response = await api.SendAsync("POST", $"/v2/calls/{Leg}/actions/speak",
            """{"payload":"hello","voice":"female","loops":"many"}""");
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["errors"]![0]!;
        Assert.Equal(("10026", "/loops"), (error["code"]!.GetValue<string>(), error["source"]!["pointer"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_fault_of_ours_is_500_without_its_text()
    {
        await using var api =
            await ApiHost.StartAsync(new() { Bindings = [Handle("DialCall", _ => throw new InvalidOperationException("secret"))] });
        using var response = await api.SendAsync("POST", "/v2/calls", """{"connection_id":"1","to":"a","from":"b"}""");
        Assert.Equal((HttpStatusCode.InternalServerError, "10007"), await response.CodeAsync());
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_strict_mode_a_reply_that_deviates_from_the_contract_is_a_fault_of_ours()
    {
        Binding wrong = Handle("RetrieveCallStatus", op => new(op.Ok(new JsonObject { ["is_alive"] = "yes" })));
        await using (var strict = await ApiHost.StartAsync(new() { Bindings = [wrong] }))
        {
            var body = await strict.JsonAsync(HttpStatusCode.InternalServerError, "GET", "/v2/calls/x");
            Assert.Contains("/data/is_alive", body["errors"]![0]!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        await using var lenient = await ApiHost.StartAsync(new() { Bindings = [wrong], IsStrict = false });
        await lenient.JsonAsync(HttpStatusCode.OK, "GET", "/v2/calls/x");
    }

    [Fact]
    public async Task A_status_that_the_contract_does_not_have_deviates_too()
    {
        await using var api =
            await ApiHost.StartAsync(new() { Bindings = [Handle("RetrieveCallStatus", op => new(op.Created(new JsonObject())))] });
        await api.JsonAsync(HttpStatusCode.InternalServerError, "GET", "/v2/calls/x");
    }

    [Theory]
    [InlineData("\u00A0", "10023"), InlineData("nothing", "10023"), InlineData("{\"a\":1}}", "10023"), InlineData("{\"a\":NaN}", "10023"),
        InlineData("{'a':1}", "10023")]
    [InlineData("{\"client_state\":\"\\u0000\"}", "10028"), InlineData("{\"client_state\":\"\\ud800\"}", "10028"),
        InlineData("{\"a\\u0000b\":1}", "10028")]
    public async Task A_body_that_is_no_JSON_or_no_text_is_400(string body, string code)
    {
        await using var api = await ApiHost.StartAsync(new() { Bindings = [Handle("DialCall", op => new(op.NoContent()))] });
        using var response = await api.SendAsync("POST", "/v2/calls", body);
        Assert.Equal((HttpStatusCode.BadRequest, code), await response.CodeAsync());
    }

    [Theory, InlineData(" "), InlineData("\n"), InlineData("\t\r\n "), InlineData("[]"), InlineData("[]\n")]
    [InlineData("null"), InlineData(" null\n")]
    public async Task A_body_of_blanks_an_empty_list_or_null_is_no_body(string body)
    {
        await using var api = await ApiHost.StartAsync(
            new() { Calls = new Line(), Bindings = [SpeakBinding, Act("AnswerCall", _ => new(new LegCommand.Answer()))] });
        await api.JsonAsync(HttpStatusCode.OK, "POST", $"/v2/calls/{Leg}/actions/answer", body);
        using var lacking = await api.SendAsync("POST", $"/v2/calls/{Leg}/actions/speak", body);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10004"), await lacking.CodeAsync());
        using var list = await api.SendAsync("POST", $"/v2/calls/{Leg}/actions/answer", "[{}]");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10026"), await list.CodeAsync());
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_400()
    {
        await using var api = await DialAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/v2/calls")
        {
            Content = new ByteArrayContent([(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'])
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", ApiHost.Key);
        using var response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.BadRequest, "10028"), await response.CodeAsync());
    }

    [Fact]
    public async Task Nesting_is_limited()
    {
        await using var api = await DialAsync();
        string Nested(int depth) =>
            $$"""{"connection_id":"1","to":"a","from":"b","x":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        using var deepest = await api.SendAsync("POST", "/v2/calls", Nested(Limits.BodyDepth - 1));
        Assert.Equal(HttpStatusCode.NoContent, deepest.StatusCode);
        using var deeper = await api.SendAsync("POST", "/v2/calls", Nested(Limits.BodyDepth));
        Assert.Equal((HttpStatusCode.BadRequest, "10023"), await deeper.CodeAsync());
        Assert.Contains($"more than {Limits.BodyDepth} levels",
            await deeper.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"connection_id":"1","to":"a","from":"b","to":"c"}""")]
    [InlineData("""{"connection_id":"1","to":"a","from":"b","x":[{"y":1,"y":2}]}""")]
    public async Task A_name_that_stands_twice_is_400_and_never_a_fault_of_ours(string body)
    {
        await using var api = await DialAsync();
        using var response = await api.SendAsync("POST", "/v2/calls", body);
        Assert.Equal((HttpStatusCode.BadRequest, "10023"), await response.CodeAsync());
        Assert.Contains("twice", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        await using var api = await DialAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/calls") { Content = new ByteArrayContent([0x1f, 0x8b]) };
        request.Headers.Authorization = new("Bearer", ApiHost.Key);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        using var response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "10014"), await response.CodeAsync());
    }

    [Theory]
    [InlineData(null), InlineData("application/json"), InlineData("text/plain"), InlineData("multipart/form-data"),
        InlineData("application/x-www-form-urlencoded")]
    public async Task Chunks_without_a_byte_are_no_body_whatever_they_are_called(string? contentType)
    {
        await using var api = await ApiHost.StartAsync(
            new() { Calls = new Line(), Bindings = [SpeakBinding, Act("AnswerCall", _ => new(new LegCommand.Answer()))] });
        async Task<(HttpStatusCode, string?)> SendAsync(string action)
        {
            using var request =
                new HttpRequestMessage(HttpMethod.Post, $"/v2/calls/{Leg}/actions/{action}") { Content = new ByteArrayContent([]) };
            request.Headers.Authorization = new("Bearer", ApiHost.Key);
            request.Headers.TransferEncodingChunked = true;
            if (contentType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            using var response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return await response.CodeAsync();
        }

        Assert.Equal((HttpStatusCode.OK, null), await SendAsync("answer"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10004"), await SendAsync("speak"));
    }

    [Theory]
    [InlineData("/v2//phone_numbers"), InlineData("/v2/phone_numbers//"), InlineData("/v2/phone_numbers//x")]
    public async Task A_path_with_an_empty_segment_is_404_and_not_another_path(string path)
    {
        await using var api = await ApiHost.StartAsync();
        using var response = await api.SendAsync("GET", path);
        Assert.Equal((HttpStatusCode.NotFound, "10005"), await response.CodeAsync());
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_body_over_the_limit_is_413_and_one_at_the_limit_is_read(bool isChunked)
    {
        const int Bytes = 1000;
        await using var api = await ApiHost.StartAsync(new() { BodyBytes = Bytes, Bindings = Dial, IsStrict = false });
        const string Body = """{"connection_id":"1","to":"a","from":"b"}""";
        async Task<(HttpStatusCode, string?)> SendAsync(int bytes)
        {
            var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(Body.PadRight(bytes))));
            content.Headers.ContentType = new("application/json");
            var request = new HttpRequestMessage(HttpMethod.Post, "/v2/calls") { Content = content };
            request.Headers.TransferEncodingChunked = isChunked;
            request.Headers.Authorization = new("Bearer", ApiHost.Key);
            using var response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return await response.CodeAsync();
        }

        Assert.Equal((HttpStatusCode.NoContent, null), await SendAsync(Bytes));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "10040"), await SendAsync(Bytes + 1));
    }

    [Fact]
    public async Task A_body_that_is_missing_reads_as_an_empty_object()
    {
        await using var api = await ApiHost.StartAsync(
            new() { Calls = new Line(), Bindings = [Act("AnswerCall", _ => new(new LegCommand.Answer())), .. Dial] });
        await api.JsonAsync(HttpStatusCode.OK, "POST", $"/v2/calls/{Leg}/actions/answer");
        using var dial = await api.SendAsync("POST", "/v2/calls");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10004"), await dial.CodeAsync());
    }

    [Theory, InlineData("application/json, application/json"), InlineData("application/json; charset"), InlineData("Application/JSON;")]
    public async Task A_type_that_says_JSON_first_is_JSON(string contentType)
    {
        await using var api = await DialAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/calls")
        {
            Content = new ByteArrayContent("""{"connection_id":"1","to":"a","from":"b"}"""u8.ToArray())
        };
        request.Headers.Authorization = new("Bearer", ApiHost.Key);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task A_charset_and_a_byte_order_mark_do_no_harm()
    {
        await using var api = await DialAsync();
        using var response = await api.SendAsync("POST", "/v2/calls", "\uFEFF{\"connection_id\":\"1\",\"to\":\"a\",\"from\":\"b\"}",
            contentType: "application/json; charset=utf-8");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData("true", "true"), InlineData("True", "true"), InlineData("1", "true")]
    [InlineData("false", "false"), InlineData("False", "false"), InlineData("0", "false")]
    public async Task A_truth_of_a_query_is_told_to_the_handler_alike_however_it_is_written(string written, string told)
    {
        (string? Truth, string? Tag) read = default;
        var slim = Handle("SlimListPhoneNumbers", op =>
        {
            read = (op.Query["include_tags"], op.Query["filter[tag]"]);
            return new(op.NoContent());
        });
        await using var api = await ApiHost.StartAsync(new() { IsStrict = false, Bindings = [slim] });
        using var response = await api.SendAsync("GET", $"/v2/phone_numbers/slim?filter[tag]={written}&include_tags={written}");
        Assert.Equal((HttpStatusCode.NoContent, told, written), (response.StatusCode, read.Truth, read.Tag));
        using var neither = await api.SendAsync("GET", "/v2/phone_numbers/slim?include_tags=2");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10015"), await neither.CodeAsync());
    }

    [Fact]
    public async Task A_form_is_read_with_the_types_of_its_schema()
    {
        JsonObject? read = null;
        var operation = TelnyxFiles.Contract.Operations
            .Single(o => o.ToString() == "POST /texml/Accounts/{account_sid}/Calls/{call_sid}/Recordings.json");
        var record = Handle(operation.Id, op =>
        {
            read = op.ReadObject();
            return new(op.NoContent());
        });
        await using var api = await ApiHost.StartAsync(new() { IsStrict = false, Bindings = [record] });
        using var response = await api.SendAsync("POST", "/v2/texml/Accounts/a/Calls/c/Recordings.json",
            "PlayBeep=true&RecordingChannels=dual&x=1", contentType: "application/x-www-form-urlencoded");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(JsonValueKind.True, read!["PlayBeep"]!.GetValueKind());
        Assert.Equal("dual", read["RecordingChannels"]!.GetValue<string>());
        // as Python and PHP write truths; what is a text stays one
        foreach (var (written, told) in new[] { ("True", true), ("1", true), ("False", false), ("0", false) })
        {
            using var form = await api.SendAsync("POST", "/v2/texml/Accounts/a/Calls/c/Recordings.json",
                $"PlayBeep={written}&x={written}", contentType: "application/x-www-form-urlencoded");
            Assert.Equal(HttpStatusCode.NoContent, form.StatusCode);
            Assert.Equal((told, written), (read["PlayBeep"]!.GetValue<bool>(), read["x"]!.GetValue<string>()));
        }
        using var neither = await api.SendAsync("POST", "/v2/texml/Accounts/a/Calls/c/Recordings.json", "PlayBeep=2",
            contentType: "application/x-www-form-urlencoded");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "10026"), await neither.CodeAsync());
        // one version of the SDK calls its JSON a form
        foreach (string contentType in new[] { "application/json", "application/x-www-form-urlencoded" })
        {
            using var json = await api.SendAsync("POST", "/v2/texml/Accounts/a/Calls/c/Recordings.json", """{"PlayBeep":false}""",
                contentType: contentType);
            Assert.Equal(HttpStatusCode.NoContent, json.StatusCode);
            Assert.Equal(JsonValueKind.False, read["PlayBeep"]!.GetValueKind());
        }
    }

    [Theory]
    [InlineData("30", 30), InlineData("30.0", 30), InlineData("007", 7), InlineData("%2030", 30)]
    [InlineData("1,2", null), InlineData("5-", null), InlineData("30.5", null), InlineData("%2B5", null)]
    public async Task A_number_of_a_form_is_a_plain_one_and_texts_stay_as_they_are(string written, int? told)
    {
        JsonObject? read = null;
        var siprec = Handle("StartTeXMLSiprecSession", op =>
        {
            read = op.ReadObject();
            return new(op.NoContent());
        });
        await using var api = await ApiHost.StartAsync(new() { IsStrict = false, Bindings = [siprec] });
        using var response = await api.SendAsync("POST", "/v2/texml/Accounts/a/Calls/c/Siprec.json",
            $"SessionTimeoutSecs={written}&Name=007&x=%2B18005551234", contentType: "application/x-www-form-urlencoded");
        Assert.Equal(told is null ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(told, (int?)read?["SessionTimeoutSecs"]);
        if (read is not null) Assert.Equal(("007", "+18005551234"), ((string?)read["Name"], (string?)read["x"]));
    }

    [Theory]
    [InlineData("Bearer"), InlineData("Bearer "), InlineData("Basic abc"), InlineData("KEY0123456789_secret"),
        InlineData("Bearer KEY0123456789_secret x")]
    public async Task Any_other_credential_is_no_key(string header)
    {
        await using var api = await DialAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/v2/calls/x");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Unauthorized, "10009"), await response.CodeAsync());
        Assert.Contains(response.Headers.WwwAuthenticate, w => w.Scheme == "Bearer");
    }

    [Fact]
    public async Task A_literal_segment_beats_a_parameter()
    {
        await using var api = await ApiHost.StartAsync(new()
        {
            IsStrict = false,
            Bindings = [Handle("SlimListPhoneNumbers", op => new(op.Raw(200, "text/plain", "slim"u8.ToArray()))),
                Handle("RetrievePhoneNumber", op => new(op.Raw(200, "text/plain", Encoding.UTF8.GetBytes(op.Path("id")))))],
        });
        Assert.Equal("slim",
            await (await api.SendAsync("GET", "/v2/phone_numbers/slim")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("+15550001111", await (await api.SendAsync("GET", "/v2/phone_numbers/%2B15550001111")).Content
            .ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("v3:a-b_c", await (await api.SendAsync("GET", "/v2/phone_numbers/v3%3Aa-b_c")).Content
            .ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Too_many_requests_are_429_with_the_three_headers_and_retry_after()
    {
        var time = new FakeTimeProvider();
        await using var api = await ApiHost.StartAsync(new() { PerSecond = 3, Time = time });
        for (int i = 2; i >= 0; i--)
        {
            using var response = await api.SendAsync("GET", "/v2/calls/x");
            Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
            Assert.Equal(("3", $"{i}", "1"), RateHeaders(response.Headers));
        }

        using (var refused = await api.SendAsync("POST", "/v2/calls", "{broken"))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "10011"), await refused.CodeAsync());
            Assert.Equal(("3", "0", "1"), RateHeaders(refused.Headers));
            Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        }

        time.Advance(TimeSpan.FromSeconds(1));
        using var later = await api.SendAsync("GET", "/v2/calls/x");
        Assert.Equal(HttpStatusCode.NotImplemented, later.StatusCode);
    }

    private static (string, string, string) RateHeaders(HttpResponseHeaders headers) =>
        (headers.GetValues("x-ratelimit-limit").Single(), headers.GetValues("x-ratelimit-remaining").Single(),
            headers.GetValues("x-ratelimit-reset").Single());
}
