using System.Text.Json;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telefonie.Numbers;

namespace Ringwright.Telefonie;

/// <summary>
/// Telefonie: calls as one document each, whichever API placed them, with a callback at each change of their status; conferences,
/// recordings, the account's numbers, and messages.
/// </summary>
public static class TelefonieDialect
{
    public const string Root = "/telefonie/v1";

    /// <summary>What it keeps beside records.</summary>
    public static DialectFaces Faces => TelefonieNumberNames.Faces;

    public static Dialect Create(Contract contract, TelefonieParts parts) => new()
    {
        Name = "telefonie",
        Title = "Telefonie v1",
        Root = Root,
        Contract = contract,
        Errors = TelefonieContract.ReadErrors(),
        Form = TelefonieForm.Form,
        Bindings = TelefonieBindings.Of(contract, parts),
        Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
        Rows = static kind => throw new InvalidOperationException($"This API has no plain resource '{kind.RecordType}'."),
        Refuse = TelefonieErrors.Of,
    };
}
