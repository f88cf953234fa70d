using Ringwright.Http;
using Ringwright.Store;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Addresses;

/// <summary>Addresses of accounts and of their users.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(Database store) =>
    [
        Crud("FindAddresses", PostalAddresses.Kind),
        Crud("CreateAddress", PostalAddresses.Kind),
        Crud("GetAddress", PostalAddresses.Kind),
        Crud("DeleteAddress", PostalAddresses.Kind),
        Handle("ValidateAddress", op => new(PostalAddresses.Validate(op))),
        Handle("acceptAddressSuggestions", op => AddressSuggestions.Accept(op, store)),
        Crud("FindUserAddress", PostalAddresses.OfUsers),
        Crud("CreateUserAddress", PostalAddresses.OfUsers),
        Crud("GetUserAddress", PostalAddresses.OfUsers),
    ];
}
