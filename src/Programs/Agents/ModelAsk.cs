using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>What a model has answered.</summary>
/// <param name="Answer">Words, or a JSON object's text; null where there is none.</param>
/// <param name="Fault">Why there is none, as part of a sentence and without what was asked or said.</param>
/// <param name="IsRefused">The server does not know the key, or nobody pays for it: asking again is of no use.</param>
public sealed record ModelAnswer(string? Answer, string? Fault, bool IsRefused = false)
{
    /// <summary>What the server says that all tries have cost, in millionths of a US dollar; null where it says nothing of it.</summary>
    public long? CostMicros { get; init; }
}

/// <summary>Asks a model what is to be found out of a text, outside of any conversation.</summary>
/// <param name="baseUrl">Up to and without <c>/chat/completions</c>.</param>
/// <param name="keyFile">With its whole path; null where no key is asked for.</param>
public sealed class ModelAsk(IAgentWeb web, string baseUrl, string? keyFile)
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>In place of that of a file; null where there is none.</summary>
    public string? Key { get; init; }

    /// <summary>Its address is the operator's choice, and not checked; else the target policy holds.</summary>
    public bool IsOperatorConfigured { get; init; } = true;

    /// <summary>Who has chosen its address; null for the operator.</summary>
    public TenantId? Account { get; init; }

    /// <summary>Null leaves it to the server.</summary>
    public double? Temperature { get; init; }

    /// <summary>Of an answer, and twice as many once where that was too few; null leaves it to the server.</summary>
    public int? MostTokens { get; init; }

    /// <summary>Once; and once more with what is wrong, where the answer does not fit the schema.</summary>
    /// <param name="instructions">With variables in them: {{name}}.</param>
    /// <param name="schema">Of the answer, which is an object; null for words.</param>
    /// <param name="text">Data, which the model gets by itself.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async ValueTask<ModelAnswer> AskAsync(string model, string instructions, IReadOnlyDictionary<string, string> variables,
        JsonObject? schema, string text, CancellationToken stop)
    {
        string filled = Template.Fill(instructions, variables, Limits.InstructionCharacters);
        (string Answer, string Fault)? repairs = null;
        int? most = MostTokens;
        long? cost = null;
        while (true)
        {
            var (said, isCut) = await SayAsync(model, filled, schema, text, repairs, most, stop);
            if (said.CostMicros is { } more) cost = (cost ?? 0) + more;
            said = said with { CostMicros = cost };
            if (isCut && most is { } few && most == MostTokens)
            {
                most = few * 2;
                continue;
            }
            if (said.Answer is not { } words) return said;
            if (words.Length > Limits.ReplyCharacters) return said with { Answer = null, Fault = "its answer is too long" };
            if (schema is null) return said;
            string answer = ModelQuestion.ObjectIn(words);
            if (ArgumentSchema.FaultOf(schema, answer) is not { } misfit) return said with { Answer = answer };
            // What is wrong may have names out of the answer in it, which the log is not to have.
            if (repairs is not null) return said with { Answer = null, Fault = "its answer does not fit the schema" };
            repairs = (words, misfit);
        }
    }

    /// <summary>A server that refuses one way to ask for JSON is asked in the next.</summary>
    private async ValueTask<(ModelAnswer Said, bool IsCut)> SayAsync(string model, string instructions, JsonObject? schema, string text,
        (string, string)? repairs, int? most, CancellationToken stop)
    {
        string? key = Key, unkeyed = null;
        if (key is null && keyFile is { } file)
        {
            key = await Task.Run(() => ModelKey.Read(file, out unkeyed), stop);
            if (key is null) return (new(null, $"its key: {unkeyed}"), false);
        }
        AnswerForm[] forms = schema is null ? [AnswerForm.Words] : [AnswerForm.Schema, AnswerForm.Object, AnswerForm.Words];
        foreach (var form in forms)
        {
            var body = ModelQuestion.Write(model, instructions, text, schema, form, repairs, Temperature, most);
            var answer = await SendAsync(body, key, stop);
            while (OptionalFields.RefusedBy(answer, body) is { } field)
                answer = await SendAsync(body = OptionalFields.Without(field, body), key, stop);
            if (answer.IsSuccess)
            {
                var (words, fault, isCut) = ModelQuestion.Read(answer.Body);
                return (new(words, fault) { CostMicros = ModelQuestion.CostOf(answer.Body) }, isCut);
            }
            if (answer is { Fault: null, Status: 400 or 422 } && form is not AnswerForm.Words) continue;
            return (new(null, KnownRefusals.FaultOf(answer), answer is { Fault: null, Status: 401 or 402 or 403 }), false);
        }
        throw new UnreachableException();
    }

    private ValueTask<WebAnswer> SendAsync(ReadOnlyMemory<byte> body, string? key, CancellationToken stop) =>
        web.SendAsync(new($"{baseUrl}/chat/completions", body)
        {
            Headers = key is null ? [] : [new("authorization", $"Bearer {key}")], Timeout = Patience, MaxBytes = MostBytes,
            IsOperatorConfigured = IsOperatorConfigured, MayBeTwice = true, Account = Account,
        }, stop);
}
