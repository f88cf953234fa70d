using System.Text;
using Ringwright.Http;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Inference;

/// <summary>
/// OpenAI's chat completions of the node's model. Answers come back as they are, whole or as events; the node's key goes to the model's
/// server and nowhere else, and the account's stays here. Who leaves ends his question there too.
/// </summary>
internal static class ChatCompletions
{
    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        if (parts.Inference.Model is not { } model) return ModelErrors.NoModel(op);
        var (body, problem) = ChatBody.Read(op);
        if (body is null) return op.Fail(problem!);      // one of the two is there
        var (gateway, refused) = await OpenAsync(op, model, body.KeyRef, parts);
        if (gateway is null) return refused!;       // the same
        if (parts.Inference.Places.TryTake(op.Tenant, op.Caller.Root) is not { } place) return ModelErrors.NoPlace(op);
        if (body.IsStream)
            return await ChatStream.BeginAsync(op, gateway, body, place);
        using var _ = place;
        using var over = op.WhileWanted();
        var result = await gateway.CompleteAsync(body.Request, arrives: null, body.HasOurTemperature, over.Token);
        if (!result.IsSuccess) return ModelErrors.Of(op, result, gateway.Key, isOwnKey: body.KeyRef is not null);
        var answer = ModelJson.Read(result.Body.Span);
        if (ModelErrors.Within(op, result.Body, answer, gateway.Key, isOwnKey: body.KeyRef is not null) is { } told) return told;
        if (!body.IsChoice && (answer is not null || ModelJson.IsObject(result.Body))) return op.Raw(200, "application/json", result.Body);
        if (answer is null) return ModelErrors.Failed(op, "what its server answered is no JSON object");
        ChatBody.Unwrap(answer);
        return op.Raw(200, "application/json", Encoding.UTF8.GetBytes(answer.ToJsonString(TelnyxJson.Plain)));
    }

    private static async ValueTask<(ModelGateway? Gateway, Reply? Refused)> OpenAsync(OperationContext op, LanguageModel model,
        string? keyRef, AssistantParts parts)
    {
        if (keyRef is null)
        {
            var (gateway, fault) = ModelGateway.Open(model, parts.Egress);
            return (gateway, gateway is null ? ModelErrors.Failed(op, fault!) : null);     // one of the two is there
        }
        if (await ToolSecrets.FindTokenAsync(op.Tenant, keyRef, parts.Store, op.Stop) is not { } token)
            return (null, op.Fail(AssistantBody.Nowhere(op, "/api_key_ref",
                "No integration secret of the type bearer of this account has this identifier.")));
        // It goes into a header.
        return token.All(c => c is > ' ' and <= '~') ? (new(model, parts.Egress, token), null)
            : (null, op.Invalid("/api_key_ref", VoiceErrors.BadRequest, "The token of this secret is no key: keys are printable ASCII."));
    }
}
