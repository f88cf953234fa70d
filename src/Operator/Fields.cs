using Ringwright.Http;

namespace Ringwright.Operator;

internal static class Fields
{
    /// <summary>Fields of the body that the operation does not know: nothing is dropped in silence.</summary>
    /// <param name="recordType">What the body is of, for the sentence.</param>
    public static List<Problem> Unknown(OperationContext op, string recordType) =>
    [
        .. op.ReadObject().Select(field => field.Key).Where(name => op.BodySchema?.FindProperty(name) is null)
            .Select(name => new Problem("invalid", $"A {recordType} has no field '{name}' here.") { Pointer = Pointers.Of(name) }),
    ];
}
