using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>Commands for calls that do not exist, have ended, are not answered yet or run the other way. Cases 6 and 45.</summary>
public sealed class RefusedCommandTests(RunningNode node) : CallCase(node)
{
    private static readonly (string Action, string Body)[] Commands =
    [
        ("answer", "{}"),
        ("reject", """{"cause":"USER_BUSY"}"""),
        ("hangup", "{}"),
        ("speak", """{"payload":"hello","voice":"female"}"""),
        ("playback_start", """{"audio_url":"http://127.0.0.1:9/a.wav"}"""),
        ("playback_stop", "{}"),
        ("gather", "{}"),
        ("gather_using_speak", """{"payload":"hello","voice":"female"}"""),
        ("gather_stop", "{}"),
        ("send_dtmf", """{"digits":"1"}"""),
        ("client_state_update", """{"client_state":"aGk="}"""),
    ];

    public static TheoryData<string, string> Actions() => [.. Commands.Select(c => new TheoryDataRow<string, string>(c.Action, c.Body))];

    public static TheoryData<string, string> AnsweredOnly() =>
        [.. Commands.Where(c => c.Action is not ("answer" or "reject" or "hangup" or "client_state_update"))
            .Select(c => new TheoryDataRow<string, string>(c.Action, c.Body))];

    [Theory, MemberData(nameof(Actions))] // case 6
    public async Task Random_text_is_no_call_for_any_action(string action, string body)
    {
        var customer = await CustomerAsync();
        string[] inventions = ["nonsense", "v3:" + new string('A', 54), "v3:", "v2:" + Guid.NewGuid(), Guid.NewGuid().ToString(),
            "%00\u00e9 /?#", new('x', 2_000)];
        foreach (string text in inventions)
            (await customer.TryActAsync(text, action, JsonNode.Parse(body)!.AsObject())).Refuses(422, "90015");
    }

    [Fact] // case 6
    public async Task One_changed_character_makes_a_call_unknown()
    {
        var customer = await CustomerAsync();
        var (call, _) = await AnsweredAsync(customer);
        string token = (string)call["call_control_id"]!;
        for (int i = 3; i < token.Length; i += 7)
        {
            string changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            (await customer.TryActAsync(changed, "hangup")).Refuses(422, "90015");
        }
        (await customer.TryActAsync(token, "hangup")).IsOk();
    }

    [Fact] // case 6
    public async Task An_unknown_call_cannot_be_looked_up()
    {
        var customer = await CustomerAsync();
        (await customer.GetAsync("calls/nonsense")).Refuses(404, "10005");
        (await customer.GetAsync("calls/v3:" + new string('A', 54))).Refuses(404, "10005");
    }

    [Theory, MemberData(nameof(AnsweredOnly))] // case 45
    public async Task Before_the_answer_a_caller_hears_nothing(string action, string body)
    {
        var customer = await CustomerAsync();
        NewPhone().Call(customer.Number);
        var call = await customer.NextAsync("call.initiated");
        (await customer.TryActAsync(call, action, JsonNode.Parse(body)!.AsObject())).Refuses(422, "90034");
    }

    [Fact] // case 45
    public async Task Before_the_answer_a_callee_hears_nothing_either()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var call = await customer.DialAsync(phone.Uri);
        (await phone.RingsAsync()).Ring();
        (await customer.TryActAsync(call, "speak", new() { ["payload"] = "hello", ["voice"] = "female" })).Refuses(422, "90034");
    }

    [Fact] // case 45
    public async Task An_outbound_call_cannot_be_answered_by_command()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var call = await customer.DialAsync(phone.Uri);
        var ringing = await phone.RingsAsync();
        (await customer.TryActAsync(call, "answer")).Refuses(422, "90102");
        await ringing.AcceptAsync();
        await customer.NextAsync("call.answered");
        (await customer.TryActAsync(call, "answer")).Refuses(422, "90102");
    }

    [Theory] // values that the contract has a code of its own for
    [InlineData("speak", """{"payload":"","voice":"female"}""", "90010", "/payload")]
    [InlineData("speak", """{"payload":"x","voice":"female","client_state":"not base64"}""", "90017", "/client_state")]
    [InlineData("gather", """{"minimum_digits":0}""", "90022", "/minimum_digits")]
    [InlineData("gather", """{"maximum_digits":129}""", "90023", "/maximum_digits")]
    [InlineData("gather", """{"terminating_digit":"x"}""", "90007", "/terminating_digit")]
    [InlineData("gather", """{"valid_digits":"12x"}""", "90008", "/valid_digits")]
    [InlineData("gather", """{"inter_digit_timeout_millis":0}""", "90026", "/inter_digit_timeout_millis")]
    [InlineData("playback_start", """{"audio_url":"http://127.0.0.1:9/a.wav","loop":101}""", "90009", "/loop")]
    [InlineData("playback_stop", """{"stop":"some"}""", "90016", "/stop")]
    [InlineData("send_dtmf", """{"digits":"12x"}""", "90014", "/digits")]
    [InlineData("send_dtmf", """{"digits":"1","duration_millis":99}""", "90027", "/duration_millis")]
    public async Task A_bad_value_is_refused_with_its_code_and_place(string action, string body, string code, string pointer)
    {
        var customer = await CustomerAsync();
        var (call, _) = await AnsweredAsync(customer);
        var answer = await customer.TryActAsync(call, action, JsonNode.Parse(body)!.AsObject());
        answer.Refuses(422, code);
        Assert.Equal(pointer, answer.Pointer);
    }
}
