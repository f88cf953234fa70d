using System.Text.Json;
using Ringwright.Chakra.Calling;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Chakra;

/// <summary>The call log of a CRM: each call of the team, whatever API placed it, and what its agents say of it.</summary>
public static class ChakraDialect
{
    public const string Root = "/chakra/v1/ext";

    public static Dialect Create(Contract contract, ChakraParts parts) => new()
    {
        Name = "chakra",
        Title = "The call log of a CRM (Chakra)",
        Root = Root,
        Contract = contract,
        Errors = ChakraContract.ReadErrors(),
        Form = ChakraForm.Form,
        Bindings = ChakraBindings.Of(contract, parts),
        Jobs = [new ChakraBulk(new(parts.Store, parts.Telling)).Kind],
        Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
        Rows = static kind => throw new InvalidOperationException($"This API has no plain resource '{kind.RecordType}'."),
        Refuse = static refusal => refusal switch
        {
            Refusal.UnknownLeg => new("NOT_FOUND", "There is no such call."),
            Refusal.Overloaded or Refusal.Draining or Refusal.LedgerUnavailable => new("UNAVAILABLE", "Try again in a moment."),
            _ => new("CONFLICT", $"The call's state does not allow this: {Words(refusal)}."),
        },
    };

    private static string Words(Refusal refusal) => SnakeName.Of(refusal).Replace('_', ' ');
}
